import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTimerWheel } from '../../src/server/timer-wheel.ts';

const TICK_MS = 10;

describe('createTimerWheel', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 5_000 }));
  afterEach(() => void vi.useRealTimers());

  function start() {
    const abort = new AbortController();
    const wheel = createTimerWheel({ tickMs: TICK_MS, now: () => Date.now() });
    return { wheel, abort, running: wheel.run(abort.signal) };
  }

  it.each([0, 1, 10, 95, 4_000, 30_000, 90_000])(
    'is never early and at most two ticks late: %d ms',
    (delayMs) => {
      const { wheel } = start();
      const due: number[] = [];
      wheel.timer(() => due.push(Date.now() - 5_000)).arm(delayMs);
      vi.advanceTimersByTime(delayMs + 2 * TICK_MS);
      expect(due).toHaveLength(1);
      expect(due[0]).toBeGreaterThanOrEqual(delayMs);
    },
  );

  it('moves a deadline with each arm, forward and back', () => {
    const { wheel } = start();
    const fired: number[] = [];
    const timer = wheel.timer(() => fired.push(1));
    for (let round = 0; round < 10; round++) {
      timer.arm(100);
      vi.advanceTimersByTime(90);
    }
    expect(fired).toEqual([]);
    timer.arm(10_000);
    timer.arm(20);
    vi.advanceTimersByTime(40);
    expect(fired).toEqual([1]);
    vi.advanceTimersByTime(20_000);
    expect(fired).toEqual([1]);
  });

  it('lets a due timer arm itself again and disarm a neighbour of the same tick', () => {
    const { wheel } = start();
    const fired: string[] = [];
    const second = wheel.timer(() => fired.push('second'));
    const first = wheel.timer(() => {
      fired.push('first');
      second.disarm();
      if (fired.length < 3) first.arm(10);
    });
    first.arm(10);
    second.arm(10);
    vi.advanceTimersByTime(100);
    expect(fired).toEqual(['first', 'first', 'first']);
  });

  it('stops when its signal aborts', async () => {
    const { wheel, abort, running } = start();
    const fired: number[] = [];
    wheel.timer(() => fired.push(1)).arm(10);
    abort.abort();
    await running;
    vi.advanceTimersByTime(1_000);
    expect([fired, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
