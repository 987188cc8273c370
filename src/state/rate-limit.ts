/** Whether there is room for one more; takes the time from those who know it already, since a clock costs to read. */
export type RateLimit = (nowMs?: number) => boolean;

/**
 * Creates a limit of so many a second, as many of them at once: true each time while there is room. It costs the
 * same whether there is or not.
 */
export function createRateLimit(perSecond: number, now: () => number): RateLimit {
  let room = perSecond;
  let filledAtMs = now();
  return (nowMs = now()) => {
    room = Math.min(perSecond, room + ((nowMs - filledAtMs) * perSecond) / 1000);
    filledAtMs = nowMs;
    if (room < 1) return false;
    room -= 1;
    return true;
  };
}
