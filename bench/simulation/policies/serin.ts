import { formatAddress } from '../../../src/core/address.ts';
import type { LoadView } from '../../../src/core/load-view.ts';
import { STANDING } from '../../../src/core/load-view.ts';
import { poolKey, type TargetName, targetName } from '../../../src/core/names.ts';
import { type PickOptions, pick } from '../../../src/core/pick.ts';
import { MOST_PREFIXES, type PromptPrefix, prefixBytes } from '../../../src/core/prompt-prefix.ts';
import type { Endpoint, Pool } from '../../../src/core/snapshot.ts';
import { createLedger, type DispatchedBody, type LedgerEntry } from '../../../src/state/ledger.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import type { PodSample } from '../pod/engine.ts';
import type { SimRequest } from '../request.ts';
import { hashOf } from './hash.ts';
import type { CreatePolicy } from './policy.ts';

/** What a variant changes, to see what a part of Serin is good for. */
export interface SerinVariant {
  /** Pods tell what is in their slots and in their memory, which no release of vLLM does. */
  readonly residency?: boolean;
  /** Whether prompts are read. */
  readonly prefixes?: boolean;
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
  const {
    residency = false,
    sizes = true,
    prefixes = true,
    view = (load) => load,
    among = (all) => all,
  } = variant;
  return ({ random, nowMs }) => {
    const table = createLoadTable();
    const ledger = createLedger({ table, now: nowMs });
    const endpoints: Endpoint[] = [];
    const entries = new Map<number, LedgerEntry>();
    const pages = new Map<number, PodSample>();
    return {
      joined: (slot) => {
        endpoints.push({ slot, address: formatAddress(`10.0.0.${slot + 1}`, 8000), name: `pod-${slot}` });
      },
      scraped: (slot, sample, startedAtMs) => {
        const { inFlight, ...figures } = sample;
        pages.set(slot, sample);
        // A pod tells its slots with the first adapter in flight.
        const maxLoras = inFlight.length > 0 ? figures.maxLoras : undefined;
        table.record(slot, { ...figures, maxLoras, adapters: inFlight });
        ledger.scraped(slot, startedAtMs);
        table.setFreshness(slot, 'fresh');
      },
      ended: ({ id }) => {
        const entry = entries.get(id);
        if (entry !== undefined) ledger.settled(entry);
        entries.delete(id);
      },
      choose: (request) => {
        const target = targetOf(request);
        const body = bodyOf(request, { sizes, prefixes });
        const input = {
          target,
          prompt: body.prompt,
          subset: undefined,
          sheddable: false,
          random,
          options: OPTIONS,
        };
        const pool = poolOf(among(endpoints, random));
        const load = residency ? withResidency(table, pages) : view(table, request);
        const picked = pick({ ...input, pool, load });
        if (picked.kind === 'reject') throw new Error(picked.message);
        const { slot } = picked.endpoint;
        entries.set(request.id, ledger.dispatched(slot, target, body));
        return slot;
      },
    };
  };
}

/** Knows from the last pages what is in slots and in memory, and from the own table what was sent since. */
function withResidency(load: LoadView, pages: ReadonlyMap<number, PodSample>): LoadView {
  return {
    ...load,
    standing: (target) => {
      const own = load.standing(target);
      return Array.from(load.loadScores, (_, slot) => {
        if (own[slot] === STANDING.inFlight) return STANDING.inFlight;
        const { onGpu = [], onCpu = [] } = pages.get(slot) ?? {};
        if (onGpu.includes(target)) return STANDING.resident;
        return onCpu.includes(target) ? STANDING.cached : STANDING.away;
      });
    },
  };
}

function targetOf({ adapter }: SimRequest): TargetName | undefined {
  return adapter === undefined ? undefined : targetName(adapter);
}

function poolOf(endpoints: readonly Endpoint[]): Pool {
  const none = { byAddress: new Map(), rules: new Map(), anyRule: undefined, objectives: new Map() };
  return { key: poolKey('default', 'simulated'), endpoints, ...none };
}

/** What is known of a request's body. */
function bodyOf(
  request: SimRequest,
  known: { readonly sizes: boolean; readonly prefixes: boolean },
): DispatchedBody {
  return {
    bytes: known.sizes ? request.promptTokens * BYTES_PER_TOKEN : undefined,
    prompt: known.prefixes ? prefixOf(request) : undefined,
  };
}

/** Prompts begin alike up to a boundary if their segments are the same up to there. */
function prefixOf({ segments }: SimRequest): PromptPrefix {
  const hashes: number[] = [];
  let end = 0;
  for (const { key, tokens } of segments) {
    end += tokens * BYTES_PER_TOKEN;
    while (hashes.length < MOST_PREFIXES && prefixBytes(hashes.length) < end) {
      hashes.push(hashOf(`${key} ${hashes.length}`));
    }
  }
  return { hashes };
}
