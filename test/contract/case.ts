import type { Decision, Forward, PickRequest } from '../../src/core/decision.ts';
import type { Address } from '../../src/core/names.ts';
import { modelName, poolKey, targetName } from '../../src/core/names.ts';
import { reject } from '../../src/core/rejection.ts';
import type { Endpoint } from '../../src/core/snapshot.ts';
import type { Effect } from '../../src/extproc/outcome.ts';
import type { Hold } from '../../src/extproc/request-state.ts';
import type { WireRequest } from '../../src/extproc/wire.ts';
import type { Summary } from './summary.ts';

/** One thing that happens to a stream, and the replies that it has to cause. */
export type Step = { readonly expect: readonly Summary[] } & (
  | { readonly send: WireRequest }
  | { readonly release: Decision }
  | { readonly expire: true }
);

/** All that a stream learns of its response. */
export type Answer = Omit<Extract<Effect, { kind: 'response-ended' }>, 'kind'>;

/** One row of the contract: what a stream is told, and what it answers. */
export interface Case {
  /** The fact that the row states. */
  readonly name: string;
  readonly metadata?: { readonly [key: string]: string };
  readonly bodyMode?: 'buffered' | 'streamed' | 'full-duplex' | 'buffered-partial' | 'none';
  /** True unless told otherwise. */
  readonly cutThrough?: boolean;
  /** Whether picks want to know how prompts begin. */
  readonly readsPrompts?: boolean;
  readonly injectIncludeUsage?: boolean;
  readonly maxBodyBytes?: number;
  readonly maxBufferedBytes?: number;
  readonly maxStreams?: number;
  readonly debugHeader?: boolean;
  /** Whether decisions ride for the access log, too. */
  readonly forAccessLog?: boolean;
  readonly decide?: (request: PickRequest) => Decision | Hold;
  readonly steps: readonly Step[];
  /** The kinds of all effects in order; left out where a row is about replies alone. */
  readonly effects?: readonly Effect['kind'][];
  /** What the stream has told of its response when it is over. */
  readonly answer?: Answer;
}

/** When every stream of a row opens. */
export const STARTED_AT_MS = 1_764_000_000_123;

const POOL = poolKey('default', 'vllm-llama2-7b-pool');

/** An endpoint with a canonical address. */
export function endpoint(address: string, slot = 0): Endpoint {
  return { slot, address: address as Address, name: address };
}

/** A forward as the core gives it: `lora-request` to `sql-lora` on 10.0.0.1:8000 unless told otherwise. */
export function forward(parts: Partial<Forward> = {}): Forward {
  return {
    kind: 'forward',
    route: 'weighted',
    pool: POOL,
    model: modelName('lora-request'),
    target: targetName('sql-lora'),
    role: 'stable',
    group: 'stable',
    modelLabel: 'lora-request',
    targetLabel: 'sql-lora',
    endpoint: endpoint('10.0.0.1:8000'),
    fallbacks: [],
    ...parts,
  };
}

/** What a request has no place in a release for: no object's weights chose its target. */
export const NO_ROLE = { role: undefined, group: undefined };

/** Knows `lora-request`, serves `sql-lora` by its own name, and routes what has no model by its headers. */
export function seedDecide(request: PickRequest): Decision {
  switch (request.model) {
    case undefined:
      return forward({ ...NO_ROLE, route: 'headers', model: undefined, target: undefined });
    case 'lora-request':
      return forward();
    case 'sql-lora':
      return forward({ ...NO_ROLE, route: 'direct', model: request.model, target: targetName('sql-lora') });
    default:
      return reject('unknown_model', `no model ${request.model}`);
  }
}

/** What every forwarding reply of `forward()` carries as dynamic metadata. */
export function decided(parts: Summary = {}, destination = '10.0.0.1:8000') {
  return {
    'envoy.lb': { 'x-gateway-destination-endpoint': destination },
    serin: {
      pool: POOL,
      route: 'weighted',
      endpoint: destination.split(',')[0],
      model: 'lora-request',
      target: 'sql-lora',
      role: 'stable',
      group: 'stable',
      ...parts,
    },
  };
}

/** The metadata of a request that was routed by its headers alone. */
export const BY_HEADERS = {
  'envoy.lb': { 'x-gateway-destination-endpoint': '10.0.0.1:8000' },
  serin: { pool: POOL, route: 'headers', endpoint: '10.0.0.1:8000' },
};

/** The header that sends a request to 10.0.0.1:8000. */
export const TO_POD = { 'x-gateway-destination-endpoint': '10.0.0.1:8000' };
