import type { Config } from './config/config.ts';
import { missingPolicy } from './config/missing-policy.ts';
import { poolKey } from './core/names.ts';
import type { ByteBudget } from './state/buffer-budget.ts';
import { createBufferBudget } from './state/buffer-budget.ts';
import { createInFlight, type InFlight } from './state/in-flight.ts';
import type { Ledger } from './state/ledger.ts';
import { createLedger } from './state/ledger.ts';
import type { LoadTable } from './state/load-table.ts';
import { createLoadTable } from './state/load-table.ts';
import { createScrapeTimes, type ScrapeTimes } from './state/scrape-times.ts';
import { createStandingProblems, type StandingProblems } from './state/standing-problems.ts';
import type { Store } from './state/store.ts';
import { createStore } from './state/store.ts';

/** Everything that changes while the process runs. */
export interface State {
  readonly store: Store;
  readonly table: LoadTable;
  readonly ledger: Ledger;
  readonly budget: ByteBudget;
  readonly inFlight: InFlight;
  readonly scrapeTimes: ScrapeTimes;
  readonly problems: StandingProblems;
}

/** The clocks of the state, both in milliseconds. */
export interface Clocks {
  /** Monotonic. */
  readonly now: () => number;
  /** Since the epoch. */
  readonly epochMs: () => number;
}

/** Builds the empty state. */
export function createState(config: Config, { now, epochMs }: Clocks): State {
  const table = createLoadTable();
  const ledger = createLedger({ table, now });
  const scrapeTimes = createScrapeTimes(now);
  const { poolName, poolNamespace, maxBufferedBytes } = config;
  const store = createStore({
    poolName: poolName === undefined ? undefined : poolKey(poolNamespace, poolName),
    missingPolicy: missingPolicy(config),
    onSlotFreed: (slot) => {
      ledger.reset(slot);
      table.reset(slot);
      scrapeTimes.reset(slot);
    },
  });
  const budget = createBufferBudget(maxBufferedBytes);
  const problems = createStandingProblems(epochMs);
  return { store, table, ledger, budget, inFlight: createInFlight(), scrapeTimes, problems };
}
