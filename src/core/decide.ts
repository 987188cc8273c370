import type { DecideStep } from './decide-step.ts';
import type { Decision, PickRequest } from './decision.ts';
import type { StreamOrigin } from './find-pool.ts';
import { findPool } from './find-pool.ts';
import type { LoadView } from './load-view.ts';
import { beginningOf } from './name-beginning.ts';
import { nameLabels } from './name-labels.ts';
import type { PoolKey } from './names.ts';
import type { PickInput, PickOptions } from './pick.ts';
import { pick } from './pick.ts';
import type { Rejection } from './rejection.ts';
import type { ResolveOptions } from './resolve-model.ts';
import { resolveModel } from './resolve-model.ts';
import { sessionKey } from './session-roll.ts';
import type { Snapshot } from './snapshot.ts';

/** How the operator wants requests decided. */
export type DecideOptions = ResolveOptions & PickOptions;

/** What a decision is made from: one snapshot, read once, and the load as it is. */
export interface DecideContext {
  readonly snapshot: Snapshot;
  readonly load: LoadView;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly options: DecideOptions;
  readonly origin: StreamOrigin;
  /** Told of each step, by those who want to know how a decision comes about. */
  readonly onStep?: (step: DecideStep) => void;
}

/** Decides one request: its pool, its target by weight, and the pod that serves it. */
export function decide(request: PickRequest, context: DecideContext): Decision {
  const pool = findPool(request.host, context.origin, context.snapshot);
  if (isRejection(pool)) return refused(pool, request, undefined);
  const { load, random, options, onStep } = context;
  onStep?.({ kind: 'pool', pool });
  const { session } = request;
  const resolved = resolveModel(request.model, pool, { session, load, random, options, onStep });
  if (isRejection(resolved)) return refused(resolved, request, pool.key);
  const priority = request.objective === undefined ? 0 : (pool.objectives.get(request.objective) ?? 0);
  const input: PickInput = {
    pool,
    target: resolved.target,
    subset: request.subset,
    prompt: pool.endpoints.length > 1 ? request.prompt?.() : undefined,
    sheddable: resolved.sheddable || priority < 0,
    load,
    random,
    options,
  };
  onStep?.({ kind: 'pick', input });
  const picked = pick(input);
  if (picked.kind === 'reject') return refused(picked, request, pool.key);
  const { model } = request;
  const { route, target, role, group } = resolved;
  const { endpoint } = picked;
  const { modelLabel, targetLabel } = nameLabels({ pool, model, route, target, endpoint }, load);
  return {
    kind: 'forward',
    pool: pool.key,
    route,
    model,
    target,
    role,
    group,
    modelLabel,
    targetLabel,
    endpoint,
    fallbacks: picked.fallbacks,
    ...(input.prompt === undefined ? {} : { prompt: input.prompt }),
    ...(request.session && request.model !== undefined
      ? { key: sessionKey(request.session, request.model) }
      : {}),
  };
}

/** Those who look at what is refused want to know whose it was. */
function refused(rejection: Rejection, { model }: PickRequest, pool: PoolKey | undefined): Rejection {
  return { ...rejection, asked: { pool, model: beginningOf(model) } };
}

function isRejection(value: object): value is Rejection {
  return 'kind' in value && value.kind === 'reject';
}
