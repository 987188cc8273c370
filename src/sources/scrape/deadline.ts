/** A signal that aborts after some time or with another one, whichever comes first. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends the waiting: the signal does not abort any more. */
  readonly clear: () => void;
}

/**
 * Creates a deadline. When the process itself was busy, its timers run before it reads what has arrived
 * meanwhile; so the deadline lets that be read first, or all pods would time out at once.
 */
export function createDeadline(ms: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  let reading: NodeJS.Immediate | undefined;
  const expire = () => controller.abort();
  const timer = setTimeout(() => {
    reading = setImmediate(expire);
  }, ms);
  parent.addEventListener('abort', expire, { once: true });
  if (parent.aborted) expire();
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      clearImmediate(reading);
      parent.removeEventListener('abort', expire);
    },
  };
}
