/** Mean tokens a second, measured over windows as V0's own logger does. */
export interface Throughput {
  readonly add: (tokens: number) => void;
  readonly perSecond: () => number;
}

const WINDOW_MS = 5000;

/** Creates a measurement that starts at 0. */
export function createThroughput(nowMs: () => number): Throughput {
  let startMs = nowMs();
  let tokens = 0;
  let last = 0;
  return {
    add: (more) => {
      tokens += more;
    },
    perSecond: () => {
      const elapsedMs = nowMs() - startMs;
      if (elapsedMs < WINDOW_MS) return last;
      last = (tokens * 1000) / elapsedMs;
      startMs += elapsedMs;
      tokens = 0;
      return last;
    },
  };
}
