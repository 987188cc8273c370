import type { Config } from './config/config.ts';
import { poolKey } from './core/names.ts';
import type { ByteBudget } from './state/buffer-budget.ts';
import { createBufferBudget } from './state/buffer-budget.ts';
import type { Ledger } from './state/ledger.ts';
import { createLedger } from './state/ledger.ts';
import type { LoadTable } from './state/load-table.ts';
import { createLoadTable } from './state/load-table.ts';
import type { Store } from './state/store.ts';
import { createStore } from './state/store.ts';

/** Everything that changes while the process runs. */
export interface State {
  readonly store: Store;
  readonly table: LoadTable;
  readonly ledger: Ledger;
  readonly budget: ByteBudget;
}

/** Builds the empty state; `now` is a monotonic clock in milliseconds. */
export function createState(config: Config, now: () => number): State {
  const table = createLoadTable();
  const ledger = createLedger({ table, now });
  const { poolName, poolNamespace, maxBufferedBytes } = config;
  const store = createStore({
    poolName: poolName === undefined ? undefined : poolKey(poolNamespace, poolName),
    onSlotFreed: (slot) => {
      ledger.reset(slot);
      table.reset(slot);
    },
  });
  return { store, table, ledger, budget: createBufferBudget(maxBufferedBytes) };
}
