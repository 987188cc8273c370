/** How often a line is written at most. */
const EVERY_MS = 1000;

/**
 * Creates a writer that passes on at most one line a second, with the number of those before it that were left
 * out: what a hostile peer can cause as often as it likes must not fill a disk.
 */
export function throttle<Line>(
  now: () => number,
  write: (line: Line, leftOut: number) => void,
): (line: Line) => void {
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (line) => {
    const nowMs = now();
    if (nowMs < nextAtMs) {
      leftOut += 1;
      return;
    }
    nextAtMs = nowMs + EVERY_MS;
    write(line, leftOut);
    leftOut = 0;
  };
}
