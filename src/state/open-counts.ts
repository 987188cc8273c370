/** What is open at the moment, by a name. */
export interface OpenCounts {
  /** Counts never fall below 0. */
  readonly add: (name: string, delta: number) => void;
  readonly at: (name: string) => number;
  /** The names with any. */
  readonly names: () => Iterable<string>;
  /** How many names are remembered. */
  readonly size: () => number;
}

interface Count {
  open: number;
}

/** Names with nothing open stay until there are so many, and until half of all are: most come and go all the time. */
const MOST_IDLE = 100;

/** Creates counts that are all 0. */
export function createOpenCounts(): OpenCounts {
  const counts = new Map<string, Count>();
  let idle = 0;

  function create(name: string): Count {
    const count = { open: 0 };
    counts.set(name, count);
    idle += 1;
    return count;
  }

  function sweep(): void {
    for (const [name, { open }] of counts) if (open === 0) counts.delete(name);
    idle = 0;
  }

  return {
    add: (name, delta) => {
      const count = counts.get(name) ?? create(name);
      const before = count.open;
      count.open = Math.max(0, before + delta);
      if (before === 0 && count.open > 0) idle -= 1;
      if (before > 0 && count.open === 0) idle += 1;
      if (idle > MOST_IDLE && idle > counts.size / 2) sweep();
    },
    at: (name) => counts.get(name)?.open ?? 0,
    *names() {
      for (const [name, { open }] of counts) if (open > 0) yield name;
    },
    size: () => counts.size,
  };
}
