/** A sleep that others can cut short. */
export interface Wake {
  /** Ends the current sleep, or the next one if nobody sleeps. */
  rouse(): void;
  /** Resolves after `ms`, when roused, or when the signal is aborted; says whether it was roused. */
  sleep(ms: number, signal: AbortSignal): Promise<boolean>;
}

/** Creates a sleep for one loop. */
export function createWake(): Wake {
  let roused = false;
  let end: (() => void) | undefined;
  return {
    rouse() {
      roused = true;
      end?.();
    },
    async sleep(ms, signal) {
      if (!roused && !signal.aborted)
        await untilEnded(ms, signal, (ending) => {
          end = ending;
        });
      end = undefined;
      const wasRoused = roused;
      roused = false;
      return wasRoused;
    },
  };
}

function untilEnded(ms: number, signal: AbortSignal, expose: (end: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    expose(end);
  });
}

/** Resolves after `ms` or when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : untilEnded(ms, signal, () => undefined);
}
