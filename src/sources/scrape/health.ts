import type { Freshness } from '../../core/load-view.ts';
import type { Endpoint } from '../../core/snapshot.ts';
import type { ScrapeDeps, ScrapeFault } from './scrape-ports.ts';

/** A pod gets no request after this many failed scrapes in a row; a refused connection counts for all. */
const FAILURES_TO_DEATH = 2;

/** Judges one endpoint by its scrapes, and tells table and observer of every change. */
export interface Health {
  /** A scrape has brought figures: they are fresh, and go stale unless others follow. */
  readonly told: () => void;
  /** The pod answers, but tells no figures. */
  readonly silent: () => void;
  readonly failed: (fault: ScrapeFault) => void;
  readonly isDead: () => boolean;
  /** Ends the judging. */
  readonly close: () => void;
}

/** Creates the health of an endpoint that nothing is known of. */
export function createHealth(
  endpoint: Endpoint,
  { table, observer, timing }: Pick<ScrapeDeps, 'table' | 'observer' | 'timing'>,
): Health {
  let state: Freshness = 'unknown';
  let failures = 0;
  let aging: NodeJS.Timeout | undefined;

  function turn(next: Freshness): void {
    if (state === next) return;
    state = next;
    table.setFreshness(endpoint.slot, next);
    observer.freshness(endpoint, next);
  }

  return {
    told: () => {
      failures = 0;
      clearTimeout(aging);
      // A timer, since the figures of a pod that answers late go stale while its answer is awaited.
      aging = setTimeout(() => turn('stale'), timing.stalenessMs);
      turn('fresh');
    },
    silent: () => {
      failures = 0;
      clearTimeout(aging);
      turn('unknown');
    },
    failed: (fault) => {
      failures += fault === 'refused' ? FAILURES_TO_DEATH : 1;
      if (failures < FAILURES_TO_DEATH) return;
      clearTimeout(aging);
      turn('dead');
    },
    isDead: () => state === 'dead',
    close: () => clearTimeout(aging),
  };
}
