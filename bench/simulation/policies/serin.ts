import { formatAddress } from '../../../src/core/address.ts';
import { poolKey, targetName } from '../../../src/core/names.ts';
import { type PickOptions, pick } from '../../../src/core/pick.ts';
import type { Endpoint, Pool } from '../../../src/core/snapshot.ts';
import { createLedger, type LedgerEntry } from '../../../src/state/ledger.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import type { SimRequest } from '../request.ts';
import type { CreatePolicy } from './policy.ts';

/** Of English text. */
const BYTES_PER_TOKEN = 4;

/** The defaults of `serin serve`. */
const OPTIONS: PickOptions = { queueThreshold: 5, kvThreshold: 0.8, fallbackEndpoints: 0 };

/** Serin itself: its own load table, ledger and picker, on the clock of the simulation. */
export const createSerin: CreatePolicy = ({ random, nowMs }) => {
  const table = createLoadTable();
  const ledger = createLedger({ table, now: nowMs });
  const endpoints: Endpoint[] = [];
  const entries = new Map<number, LedgerEntry>();
  return {
    joined: (slot) => {
      endpoints.push({ slot, address: formatAddress(`10.0.0.${slot + 1}`, 8000), name: `pod-${slot}` });
    },
    scraped: (slot, sample, startedAtMs) => {
      table.record(slot, { ...sample, adapters: sample.inFlight });
      ledger.scraped(slot, startedAtMs);
      table.setFreshness(slot, 'fresh');
    },
    ended: ({ id }) => {
      const entry = entries.get(id);
      if (entry !== undefined) ledger.settled(entry);
      entries.delete(id);
    },
    choose: ({ id, adapter, promptTokens }: SimRequest) => {
      const target = adapter === undefined ? undefined : targetName(adapter);
      const input = { target, subset: undefined, sheddable: false, load: table, random, options: OPTIONS };
      const picked = pick({ ...input, pool: poolOf(endpoints) });
      if (picked.kind === 'reject') throw new Error(picked.message);
      entries.set(id, ledger.dispatched(picked.endpoint.slot, target, promptTokens * BYTES_PER_TOKEN));
      return picked.endpoint.slot;
    },
  };
};

function poolOf(endpoints: readonly Endpoint[]): Pool {
  const none = { byAddress: new Map(), rules: new Map(), anyRule: undefined, objectives: new Map() };
  return { key: poolKey('default', 'simulated'), endpoints, ...none };
}
