import { createWake, pause, type Wake } from '../files/wake.ts';

/** Lets a loop rest for so many milliseconds, or until its endpoint is sent something. */
export type Rest = (slot: number, ms: number, signal: AbortSignal) => Promise<void>;

/** What tells that an endpoint was sent something. */
export interface IdleWatchDeps {
  readonly table: { readonly dispatches: ArrayLike<number> };
  /** An endpoint that is sent something is scraped within this time. */
  readonly intervalMs: number;
  readonly random: () => number;
}

interface Resting {
  readonly before: number | undefined;
  readonly wake: Wake;
}

/**
 * Watches all endpoints that rest with one timer: a pool of idle pods is the usual case, and a timer for each
 * of them twenty times a second would cost more than their scrapes.
 */
export function createIdleWatch({ table, intervalMs, random }: IdleWatchDeps): Rest {
  const resting = new Map<number, Resting>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    for (const [slot, { before, wake }] of resting) {
      if (table.dispatches[slot] !== before) wake.rouse();
    }
  }

  return async (slot, ms, signal) => {
    const wake = createWake();
    resting.set(slot, { before: table.dispatches[slot], wake });
    timer ??= setInterval(look, intervalMs / 2);
    const roused = await wake.sleep(ms, signal);
    resting.delete(slot);
    if (resting.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    // A burst wakes many pods at the same look, and they should not all be asked at the same moment.
    if (roused) await pause((intervalMs / 2) * random(), signal);
  };
}
