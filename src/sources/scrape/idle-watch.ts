import { createWake, pause, type Wake } from '../files/wake.ts';
import type { ScrapeTiming } from './scrape-ports.ts';

/** Lets the loops of endpoints without work rest, and ends their rests as soon as there may be something to see. */
export interface IdleWatch {
  /** How long the loop of an idle endpoint rests: longer, once none has had work for some time. */
  readonly idleMs: () => number;
  /** Rests for so many milliseconds, or until the endpoint is sent something. */
  readonly rest: (slot: number, ms: number, signal: AbortSignal) => Promise<void>;
  /** Told that an endpoint has work: where there is work for one, there is soon for others. */
  readonly worked: () => void;
  /** Told that a connection to the endpoint has ended: the pod may have, so no long rest goes on. */
  readonly unsettled: (slot: number) => void;
}

/** What it is made of. */
export interface IdleWatchDeps {
  /** Its `dispatches` tell that an endpoint was sent something, which is scraped within `intervalMs` then. */
  readonly table: { readonly dispatches: ArrayLike<number> };
  readonly timing: Pick<ScrapeTiming, 'intervalMs' | 'idleIntervalMs' | 'quietIntervalMs' | 'quietAfterMs'>;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
}

interface Resting {
  readonly before: number | undefined;
  readonly sinceMs: number;
  readonly wake: Wake;
  untilMs: number;
}

/**
 * Watches all endpoints that rest with one timer: a pool of idle pods is the usual case, and a timer for each
 * of them twenty times a second would cost more than their scrapes.
 */
export function createIdleWatch({ table, timing, now, random }: IdleWatchDeps): IdleWatch {
  const { intervalMs, idleIntervalMs } = timing;
  /** By slot; a map in which entries come and go holds on to old ones. */
  const all: (Resting | undefined)[] = [];
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  let workedMs = now();

  const isQuiet = () => now() - workedMs >= timing.quietAfterMs;
  const isSent = (slot: number, { before }: Resting) => table.dispatches[slot] !== before;

  function look(): void {
    for (const [slot, resting] of all.entries()) {
      if (resting === undefined || !isSent(slot, resting)) continue;
      worked();
      resting.wake.rouse();
    }
  }

  function worked(): void {
    // Spread as the scrapes of idle endpoints are, since nothing is known to have changed with these.
    if (isQuiet()) for (const resting of all) hasten(resting, now() + idleIntervalMs * random());
    workedMs = now();
  }

  function hasten(resting: Resting | undefined, untilMs: number): void {
    if (resting === undefined || untilMs >= resting.untilMs) return;
    resting.untilMs = untilMs;
    resting.wake.rouse();
  }

  async function sleep(slot: number, resting: Resting, signal: AbortSignal): Promise<void> {
    let roused = true;
    for (let leftMs = resting.untilMs - resting.sinceMs; roused && leftMs > 0; ) {
      roused = (await resting.wake.sleep(leftMs, signal)) && !isSent(slot, resting);
      leftMs = resting.untilMs - now();
    }
  }

  return {
    idleMs: () => (isQuiet() ? timing.quietIntervalMs : idleIntervalMs),
    worked,
    unsettled: (slot) => {
      const resting = all[slot];
      if (resting !== undefined) hasten(resting, resting.sinceMs + idleIntervalMs);
    },
    rest: async (slot, ms, signal) => {
      const sinceMs = now();
      const wake = createWake();
      const resting = { before: table.dispatches[slot], wake, sinceMs, untilMs: sinceMs + ms };
      all[slot] = resting;
      count += 1;
      timer ??= setInterval(look, intervalMs / 2);
      await sleep(slot, resting, signal);
      all[slot] = undefined;
      count -= 1;
      if (count === 0) {
        clearInterval(timer);
        timer = undefined;
      }
      // A burst wakes many pods at the same look, and they should not all be asked at the same moment.
      if (isSent(slot, resting)) await pause((intervalMs / 2) * random(), signal);
    },
  };
}
