/** A signal that aborts after some time or with another one, whichever comes first. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends the waiting: the signal does not abort any more. */
  readonly clear: () => void;
}

/** Creates a deadline. */
export function createDeadline(ms: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  const expire = () => controller.abort();
  const stop = expireAfter(ms, expire);
  parent.addEventListener('abort', expire, { once: true });
  if (parent.aborted) expire();
  return {
    signal: controller.signal,
    clear: () => {
      stop();
      parent.removeEventListener('abort', expire);
    },
  };
}

/**
 * Calls `expire` after some time, unless the result is called before. When the process itself was busy, its
 * timers run before it reads what has arrived meanwhile; so that is read first, or all pods would time out at
 * once.
 */
export function expireAfter(ms: number, expire: () => void): () => void {
  let reading: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    reading = setImmediate(expire);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(reading);
  };
}
