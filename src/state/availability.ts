import type { LoadView } from '../core/load-view.ts';
import type { MissingPolicy, MissingTarget } from '../core/missing-targets.ts';
import { missingTargets } from '../core/missing-targets.ts';
import { overlayKey } from '../core/overlay.ts';
import type { Store } from './store.ts';

/** Keeps the targets that no ready pod serves out of traffic. */
export interface Availability {
  /** Looks again; call it when pods or their models have changed. Publishes only what is new. */
  readonly check: () => void;
}

/** What is told when the missing targets change. */
export interface AvailabilityObserver {
  readonly missing: (targets: readonly MissingTarget[]) => void;
  readonly gone: (target: MissingTarget) => void;
  readonly back: (target: MissingTarget) => void;
}

/** What availability is built from. */
export interface AvailabilityDeps {
  readonly store: Pick<Store, 'current' | 'publishMissing'>;
  readonly load: LoadView;
  readonly policy: MissingPolicy;
  readonly observer: AvailabilityObserver;
  /** Milliseconds since the epoch. */
  readonly date: () => number;
}

interface Missing {
  readonly target: MissingTarget;
  readonly sinceMs: number;
}

/** Creates it; nothing is missing before the first check. */
export function createAvailability({ store, load, policy, observer, date }: AvailabilityDeps): Availability {
  let known: ReadonlyMap<string, Missing> = new Map();

  function look(): ReadonlyMap<string, Missing> {
    const found = [...store.current().pools.values()].flatMap((pool) => missingTargets(pool, load, policy));
    return new Map(
      found.map((target) => {
        const key = overlayKey(target.pool, target.model, target.target);
        return [key, known.get(key) ?? { target, sinceMs: date() }];
      }),
    );
  }

  return {
    check: () => {
      const before = known;
      const now = look();
      const gone = [...now].filter(([key]) => !before.has(key));
      const back = [...before].filter(([key]) => !now.has(key));
      if (gone.length + back.length === 0) return;
      known = now;
      for (const [, { target }] of gone) observer.gone(target);
      for (const [, { target }] of back) observer.back(target);
      observer.missing([...now.values()].map(({ target }) => target));
      // It makes a snapshot, whose listeners may ask for the next check: by then this one is known.
      store.publishMissing(new Map([...now].map(([key, { sinceMs }]) => [key, sinceMs])));
    },
  };
}
