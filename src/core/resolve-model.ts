import type { RouteKind } from './decision.ts';
import type { LoadView } from './load-view.ts';
import type { ModelName, TargetName } from './names.ts';
import { targetName } from './names.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import { chooseTarget } from './route.ts';
import type { Pool, Rule } from './snapshot.ts';

/** What happens to model names that no object names. */
export interface ResolveOptions {
  /** A name that neither an object nor a pod knows: 404, or passed on as it is. */
  readonly unknownModel: 'reject' | 'pass';
  /** Whether adapters and base models may be asked for by their own names. */
  readonly directModels: 'all' | 'none';
}

/** A model name's target, and how it was found. */
export interface ResolvedModel {
  readonly route: RouteKind;
  /** Undefined if the body stays as it is and any pod may serve it. */
  readonly target: TargetName | undefined;
  readonly sheddable: boolean;
}

interface ResolveContext {
  readonly load: LoadView;
  readonly random: () => number;
  readonly options: ResolveOptions;
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
  if (model === undefined) return { route: 'headers', target: undefined, sheddable: false };
  const rule = pool.rules.get(model) ?? pool.anyRule;
  if (rule !== undefined) return byRule(model, rule, context.random());
  if (mayBeServed(model, pool, context.load)) {
    if (context.options.directModels === 'none') {
      return reject('unknown_model', `the model ${model} may not be asked for by its own name here`);
    }
    return { route: 'direct', target: targetName(model), sheddable: false };
  }
  if (context.options.unknownModel === 'pass') {
    return { route: 'passthrough', target: undefined, sheddable: false };
  }
  return reject(
    'unknown_model',
    `the model ${model} does not exist: no object names it and no pod serves it`,
  );
}

function byRule(model: ModelName, rule: Rule, roll: number): ResolvedModel | Rejection {
  if (rule.kind === 'invalid') {
    const { kind, name } = rule.object;
    return reject('invalid_policy', `the ${kind} ${name} that serves the model ${model} is invalid`);
  }
  const target = chooseTarget(rule, roll);
  if (target === undefined) {
    return reject('no_traffic', `every target of the model ${model} has the weight 0`);
  }
  return { route: 'weighted', target: target.name, sheddable: rule.criticality === 'Sheddable' };
}

/** A pod whose models are not known may serve any; and so may a pool whose pods are all away. */
function mayBeServed(model: ModelName, pool: Pool, load: LoadView): boolean {
  let alive = false;
  for (const { slot } of pool.endpoints) {
    if (load.freshness[slot] === 'dead') continue;
    alive = true;
    const models = load.models[slot];
    if (models === undefined || models.has(model)) return true;
  }
  return !alive;
}
