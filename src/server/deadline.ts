import type { Awaiting } from '../extproc/outcome.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** How long a stream may wait for each thing, in milliseconds. */
export interface StreamTimeouts {
  /** For a first body message before the header reply, where only the order tells the body mode. */
  readonly modeMs: number;
  /** Between two body messages. */
  readonly bodyIdleMs: number;
  /** From having all that a decision needs to the decision. */
  readonly decisionMs: number;
}

/**
 * Keeps one stream's deadline: call the result after every event with what the stream awaits. The idle time
 * of a body starts anew with each of its messages, every other wait only once. Envoy runs no timer in full
 * duplex, so without this a stalled request would hang until its route's timeout.
 */
export function createDeadline(
  wheel: TimerWheel,
  timeouts: StreamTimeouts,
  onDue: () => void,
): (awaiting: Awaiting) => void {
  const timer = wheel.timer(onDue);
  let previous: Awaiting = 'nothing';
  return (awaiting) => {
    const same = awaiting === previous;
    previous = awaiting;
    if (awaiting === 'nothing') timer.disarm();
    else if (!same || awaiting === 'body') timer.arm(timeoutOf(awaiting, timeouts));
  };
}

function timeoutOf(awaiting: Exclude<Awaiting, 'nothing'>, timeouts: StreamTimeouts): number {
  switch (awaiting) {
    case 'mode':
      return timeouts.modeMs;
    case 'body':
      return timeouts.bodyIdleMs;
    case 'decision':
      return timeouts.decisionMs;
  }
}
