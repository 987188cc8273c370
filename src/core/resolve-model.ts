import type { DecideStep } from './decide-step.ts';
import type { RouteKind } from './decision.ts';
import { excerpt } from './excerpt.ts';
import type { LoadView } from './load-view.ts';
import type { ModelName, TargetName } from './names.ts';
import { targetName } from './names.ts';
import type { Role } from './policy.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import { chooseTarget } from './route.ts';
import { sessionRoll } from './session-roll.ts';
import type { Pool, Rule } from './snapshot.ts';

/** What happens to model names that no object names. */
export interface ResolveOptions {
  /** A name that neither an object nor a pod knows: 404, or passed on as it is. */
  readonly unknownModel: 'reject' | 'pass';
  /** Whether adapters and base models may be asked for by their own names. */
  readonly directModels: 'all' | 'none';
  /** Whether all requests of a session that ask for a model get the same target. */
  readonly stickySessions: boolean;
}

/** A model name's target, and how it was found. */
export interface ResolvedModel {
  readonly route: RouteKind;
  /** Undefined if the body stays as it is and any pod may serve it. */
  readonly target: TargetName | undefined;
  /** The target's place in the comparison of a release, if an object's weights chose it. */
  readonly role: Role | undefined;
  readonly group: string | undefined;
  readonly sheddable: boolean;
}

/** What a request has that no object decided. */
const PLAIN = { role: undefined, group: undefined, sheddable: false };

interface ResolveContext {
  readonly session: string | undefined;
  readonly load: LoadView;
  readonly random: () => number;
  readonly options: ResolveOptions;
  readonly onStep?: ((step: DecideStep) => void) | undefined;
}

/**
 * Finds the target of a model name: by the object that names it, else by a rewrite without matches, else
 * because a pod serves the name itself. A target is not resolved again.
 */
export function resolveModel(
  model: ModelName | undefined,
  pool: Pool,
  context: ResolveContext,
): ResolvedModel | Rejection {
  if (model === undefined) return { route: 'headers', target: undefined, ...PLAIN };
  const rule = pool.rules.get(model) ?? pool.anyRule;
  if (rule === undefined) return withoutRule(model, pool, context);
  context.onStep?.({ kind: 'rule', rule });
  return byRule(model, rule, context);
}

function withoutRule(
  model: ModelName,
  pool: Pool,
  { load, options }: ResolveContext,
): ResolvedModel | Rejection {
  const served = servedBy(pool, model, load);
  if (options.directModels === 'none') {
    // A name that only might be served is not refused for that: its pods may never tell their models.
    if (served === 'yes') return reject('unknown_model', forbidden(model));
  } else if (served !== 'no') {
    return { route: 'direct', target: targetName(model), ...PLAIN };
  }
  if (options.unknownModel === 'pass') return { route: 'passthrough', target: undefined, ...PLAIN };
  return reject('unknown_model', unknown(model, pool));
}

function forbidden(model: ModelName): string {
  return `the model ${excerpt(model)} may not be asked for by its own name here; ask for a name of an InferenceModel`;
}

function unknown(model: ModelName, pool: Pool): string {
  const what = 'no InferenceModel or InferenceModelRewrite names it and no pod serves it';
  return `the model ${excerpt(model)} does not exist in the pool ${pool.key}: ${what}`;
}

function rollOf(model: ModelName, { session, random, options, onStep }: ResolveContext): number {
  const sticky = options.stickySessions && session ? session : undefined;
  const value = sticky === undefined ? random() : sessionRoll(sticky, model);
  onStep?.({ kind: 'roll', value, by: sticky === undefined ? 'chance' : 'session' });
  return value;
}

function byRule(model: ModelName, rule: Rule, context: ResolveContext): ResolvedModel | Rejection {
  if (rule.kind === 'invalid') {
    const { kind, namespace, name } = rule.object;
    const object = `${kind} ${namespace}/${name}`;
    return reject('invalid_policy', `the ${object}, which serves the model ${excerpt(model)}, is invalid`);
  }
  const target = chooseTarget(rule, rollOf(model, context));
  if (target === undefined) {
    return reject('no_traffic', `the model ${excerpt(model)} gets no traffic: all its weights are 0`);
  }
  const { name, role, group } = target;
  return { route: 'weighted', target: name, role, group, sheddable: rule.criticality === 'Sheddable' };
}

/**
 * Whether a pod of the pool serves the name. A pod that has not told its models may serve any, unless it is
 * away; and while all pods are away nobody can tell. A pod that is away still owns the names that it told.
 */
function servedBy(pool: Pool, model: ModelName, load: LoadView): 'yes' | 'no' | 'maybe' {
  let alive = false;
  let untold = false;
  for (const { slot } of pool.endpoints) {
    const models = load.models[slot];
    if (models?.has(model)) return 'yes';
    if (load.freshness[slot] === 'dead') continue;
    alive = true;
    untold ||= models === undefined;
  }
  return alive && !untold ? 'no' : 'maybe';
}
