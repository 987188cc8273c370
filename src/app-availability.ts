import type { State } from './app-state.ts';
import type { Config } from './config/config.ts';
import { missingPolicy } from './config/missing-policy.ts';
import { createAvailability } from './state/availability.ts';
import type { Log } from './telemetry/log.ts';
import type { SourceMetrics } from './telemetry/source-metrics.ts';

/** What availability is built from. */
export interface FollowDeps {
  readonly config: Config;
  readonly state: State;
  readonly metrics: SourceMetrics;
  readonly log: Log;
  readonly epochMs: () => number;
}

/** Looks for targets that no ready pod serves whenever policy, pods or their models have changed. */
export function followAvailability({ config, state, metrics, log, epochMs }: FollowDeps): void {
  const { store, table } = state;
  const { check } = createAvailability({
    store,
    load: table,
    policy: missingPolicy(config),
    observer: {
      missing: metrics.missingTargets,
      gone: (target) => log.warn({ ...target, policy: config.missingTarget }, 'no ready pod serves a target'),
      back: (target) => log.info({ ...target }, 'a target is served again'),
    },
    date: epochMs,
  });
  let due = false;
  // Many pods change at once: one look is enough for all, and none is part of a scrape.
  function soon(): void {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      check();
    });
  }
  store.subscribe(soon);
  table.subscribe(soon);
}
