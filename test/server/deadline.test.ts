import { expect, test } from 'vitest';
import { createDeadline } from '../../src/server/deadline.ts';
import type { TimerWheel } from '../../src/server/timer-wheel.ts';

const TIMEOUTS = { modeMs: 1, bodyIdleMs: 2, decisionMs: 3 };

/** A wheel that notes what its timer is told. */
function noteWheel() {
  const told: (number | 'disarm')[] = [];
  const due: (() => void)[] = [];
  const wheel: TimerWheel = {
    timer: (onDue) => {
      due.push(onDue);
      return { arm: (delayMs) => void told.push(delayMs), disarm: () => void told.push('disarm') };
    },
    run: async () => undefined,
  };
  return { wheel, told, due };
}

test('each wait has its own time, counted from its beginning', () => {
  const { wheel, told } = noteWheel();
  const wait = createDeadline(wheel, TIMEOUTS, () => undefined);
  for (const awaiting of ['mode', 'mode', 'decision', 'decision', 'mode'] as const) wait(awaiting);
  expect(told).toEqual([1, 3, 1]);
});

test('the idle time of a body begins anew with each message', () => {
  const { wheel, told } = noteWheel();
  const wait = createDeadline(wheel, TIMEOUTS, () => undefined);
  for (const awaiting of ['body', 'body', 'body'] as const) wait(awaiting);
  expect(told).toEqual([2, 2, 2]);
});

test('a stream that awaits nothing has no deadline', () => {
  const { wheel, told, due } = noteWheel();
  const fired: true[] = [];
  const wait = createDeadline(wheel, TIMEOUTS, () => fired.push(true));
  for (const awaiting of ['body', 'nothing', 'decision', 'nothing'] as const) wait(awaiting);
  expect(told).toEqual([2, 'disarm', 3, 'disarm']);
  for (const onDue of due) onDue();
  expect(fired).toEqual([true]);
});
