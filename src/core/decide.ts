import type { Decision, PickRequest } from './decision.ts';
import { excerpt } from './excerpt.ts';
import { lookupHost } from './hosts.ts';
import type { LoadView } from './load-view.ts';
import type { PickOptions } from './pick.ts';
import { pick } from './pick.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import type { ResolveOptions } from './resolve-model.ts';
import { resolveModel } from './resolve-model.ts';
import type { Pool, Snapshot } from './snapshot.ts';

/** How the operator wants requests decided. */
export type DecideOptions = ResolveOptions & PickOptions;

/** What a decision is made from: one snapshot, read once, and the load as it is. */
export interface DecideContext {
  readonly snapshot: Snapshot;
  readonly load: LoadView;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly options: DecideOptions;
}

/** Decides one request: its pool, its target by weight, and the pod that serves it. */
export function decide(request: PickRequest, context: DecideContext): Decision {
  const pool = poolOf(request.host, context.snapshot);
  if (isRejection(pool)) return pool;
  const resolved = resolveModel(request.model, pool, context);
  if (isRejection(resolved)) return resolved;
  const priority = request.objective === undefined ? 0 : (pool.objectives.get(request.objective) ?? 0);
  const picked = pick({
    pool,
    target: resolved.target,
    subset: request.subset,
    sheddable: resolved.sheddable || priority < 0,
    load: context.load,
    random: context.random,
    options: context.options,
  });
  if (picked.kind === 'reject') return picked;
  return {
    kind: 'forward',
    route: resolved.route,
    pool: pool.key,
    model: request.model,
    target: resolved.target,
    endpoint: picked.endpoint,
    fallbacks: picked.fallbacks,
  };
}

function isRejection(value: object): value is Rejection {
  return 'kind' in value && value.kind === 'reject';
}

/** The routed pool of the host; where no LLMRoute is loaded, the default pool serves every host. */
function poolOf(host: string, { hosts, pools, defaultPool }: Snapshot): Pool | Rejection {
  const key = hosts.empty ? defaultPool : lookupHost(hosts, host);
  if (key === undefined) {
    if (!hosts.empty) return reject('unknown_host', `no LLMRoute serves the host ${excerpt(host)}`);
    if (pools.size === 0) return reject('no_endpoint', 'no InferencePool is loaded');
    return reject('pool_ambiguous', 'several pools are loaded: name one with --pool-name or an LLMRoute');
  }
  return pools.get(key) ?? reject('no_endpoint', `the InferencePool ${key} is not loaded`);
}
