import { formatAddress } from '../../../src/core/address.ts';
import type { LoadView } from '../../../src/core/load-view.ts';
import { poolKey, targetName } from '../../../src/core/names.ts';
import { type PickOptions, pick } from '../../../src/core/pick.ts';
import type { Endpoint, Pool } from '../../../src/core/snapshot.ts';
import { createLedger, type LedgerEntry } from '../../../src/state/ledger.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import type { SimRequest } from '../request.ts';
import type { CreatePolicy } from './policy.ts';

/** What a variant changes, to see what a part of Serin is good for. */
export interface SerinVariant {
  /** Pods tell what is in their slots and in their memory, which no release of vLLM does. */
  readonly residency?: boolean;
  /** Whether the sizes of prompts are known. */
  readonly sizes?: boolean;
  /** What the picker sees of its own load table. */
  readonly view?: (load: LoadView, request: SimRequest) => LoadView;
  /** The endpoints that it chooses among. */
  readonly among?: (endpoints: readonly Endpoint[], random: () => number) => readonly Endpoint[];
}

/** Of English text. */
const BYTES_PER_TOKEN = 4;
/** The defaults of `serin serve`. */
const OPTIONS: PickOptions = { queueThreshold: 5, kvThreshold: 0.8, fallbackEndpoints: 0 };

/** Serin itself: its own load table, ledger and picker, on the clock of the simulation. */
export function createSerin(variant: SerinVariant = {}): CreatePolicy {
  const { residency = false, sizes = true, view = (load) => load, among = (all) => all } = variant;
  return ({ random, nowMs }) => {
    const table = createLoadTable();
    const ledger = createLedger({ table, now: nowMs });
    const endpoints: Endpoint[] = [];
    const entries = new Map<number, LedgerEntry>();
    return {
      joined: (slot) => {
        endpoints.push({ slot, address: formatAddress(`10.0.0.${slot + 1}`, 8000), name: `pod-${slot}` });
      },
      scraped: (slot, { inFlight, onGpu, onCpu, ...figures }, startedAtMs) => {
        const told = residency ? { gpu: onGpu, cpu: onCpu } : undefined;
        // A pod tells its slots with the first adapter in flight.
        const maxLoras = inFlight.length > 0 ? figures.maxLoras : undefined;
        table.record(slot, { ...figures, maxLoras, adapters: inFlight, residency: told });
        ledger.scraped(slot, startedAtMs);
        table.setFreshness(slot, 'fresh');
      },
      ended: ({ id }) => {
        const entry = entries.get(id);
        if (entry !== undefined) ledger.settled(entry);
        entries.delete(id);
      },
      choose: (request) => {
        const { id, adapter, promptTokens } = request;
        const target = adapter === undefined ? undefined : targetName(adapter);
        const input = { target, subset: undefined, sheddable: false, random, options: OPTIONS };
        const pool = poolOf(among(endpoints, random));
        const picked = pick({ ...input, pool, load: view(table, request) });
        if (picked.kind === 'reject') throw new Error(picked.message);
        const { slot } = picked.endpoint;
        entries.set(id, ledger.dispatched(slot, target, sizes ? promptTokens * BYTES_PER_TOKEN : undefined));
        return slot;
      },
    };
  };
}

function poolOf(endpoints: readonly Endpoint[]): Pool {
  const none = { byAddress: new Map(), rules: new Map(), anyRule: undefined, objectives: new Map() };
  return { key: poolKey('default', 'simulated'), endpoints, ...none };
}
