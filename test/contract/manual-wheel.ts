import type { Timer, TimerWheel } from '../../src/server/timer-wheel.ts';

/** A wheel that turns when a test says so. */
export interface ManualWheel extends TimerWheel {
  /** Fires every timer that is armed. */
  readonly expire: () => void;
}

/** Creates a wheel without a clock. */
export function createManualWheel(): ManualWheel {
  const armed = new Set<() => void>();
  return {
    timer: (onDue): Timer => ({
      arm: () => void armed.add(onDue),
      disarm: () => void armed.delete(onDue),
    }),
    run: async () => undefined,
    expire: () => {
      const due = [...armed];
      armed.clear();
      for (const onDue of due) onDue();
    },
  };
}
