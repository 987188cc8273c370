/** The adapters that one pod holds; each change tells the other names that it moved. */
export interface HeldAdapters {
  /** In the GPU slots. */
  readonly residents: ReadonlySet<string>;
  /** In the pod's memory alone. */
  readonly cached: ReadonlySet<string>;
  /** Notes the use of an adapter by a pod with so many slots, 0 if it has not told them. */
  readonly use: (adapter: string, slots: number) => readonly string[];
  readonly clear: () => readonly string[];
}

/** How many adapters are remembered of a pod that does not tell its slots. */
const UNTOLD_SLOTS = 64;
/** A pod's memory is taken to hold three times the adapters that fit into its slots, beside these. */
const MEMORY = 3;
const NONE: readonly string[] = [];

/** When an adapter was used, in uses of all. */
interface Use {
  at: number;
}

/**
 * Creates a pod that holds none. vLLM evicts the adapter that was used least recently, and
 * `vllm:lora_requests_info` shows only those in flight, so idle residents have to be remembered here. A use moves
 * nothing: sets whose order told it would grow a new table every few uses, and each old one would hold on to the next.
 */
export function createHeldAdapters(): HeldAdapters {
  const residents = new Set<string>();
  /** Of the residents. */
  const uses = new Map<string, Use>();
  /** The oldest first. */
  const cached = new Set<string>();
  let clock = 0;

  function load(adapter: string): void {
    cached.delete(adapter);
    residents.add(adapter);
    uses.set(adapter, { at: clock });
  }

  function evictTo(capacity: number): readonly string[] {
    if (residents.size <= capacity) return NONE;
    const evicted: string[] = [];
    while (residents.size > capacity) {
      const oldest = leastRecent(uses);
      residents.delete(oldest);
      uses.delete(oldest);
      cached.add(oldest);
      evicted.push(oldest);
    }
    return evicted;
  }

  return {
    residents,
    cached,
    use: (adapter, slots) => {
      const capacity = slots || UNTOLD_SLOTS;
      const use = uses.get(adapter);
      clock += 1;
      if (use === undefined) load(adapter);
      else use.at = clock;
      const evicted = evictTo(capacity);
      const forgotten = trim(cached, MEMORY * capacity);
      return evicted.length + forgotten.length === 0 ? NONE : [...evicted, ...forgotten];
    },
    clear: () => {
      const before = [...residents, ...cached];
      residents.clear();
      uses.clear();
      cached.clear();
      return before;
    },
  };
}

function leastRecent(uses: ReadonlyMap<string, Use>): string {
  let found = '';
  let least = Number.POSITIVE_INFINITY;
  for (const [adapter, { at }] of uses) {
    if (at >= least) continue;
    found = adapter;
    least = at;
  }
  return found;
}

/** Takes out the oldest, as long as there is too much. */
function trim(held: Set<string>, capacity: number): readonly string[] {
  if (held.size <= capacity) return NONE;
  const out: string[] = [];
  for (const oldest of held) {
    if (held.size <= capacity) break;
    held.delete(oldest);
    out.push(oldest);
  }
  return out;
}
