import type { Conflict } from './conflict.ts';
import type { ModelName, PoolKey } from './names.ts';
import { targetName } from './names.ts';
import type { WeightOverlay } from './overlay.ts';
import { overlayKey } from './overlay.ts';
import type {
  Criticality,
  InvalidObject,
  ModelObject,
  ObjectMeta,
  PolicyObject,
  RewriteObject,
  WeightedTarget,
} from './policy.ts';
import { byPrecedence } from './precedence.ts';
import type { Rule, Target, WeightedRule } from './snapshot.ts';
import { withRoles } from './target-roles.ts';

/** Objects that give a pool its rules. */
type RuleObject = ModelObject | RewriteObject | InvalidObject;

/** What one object says about one model name; `undefined` stands for names without a rule of their own. */
interface Claim {
  readonly name: ModelName | undefined;
  readonly rule: Rule;
}

/** The rules of one pool, and the objects that lost a name to another one. */
export interface CompiledRules {
  readonly rules: ReadonlyMap<ModelName, Rule>;
  readonly anyRule: Rule | undefined;
  readonly conflicts: readonly Conflict[];
}

/**
 * Settles which object serves each model name of a pool. InferenceModel and InferenceModelRewrite compete
 * alike: the oldest valid object wins the name, and an invalid one has it only if no valid one wants it.
 */
export function compileRules(
  pool: PoolKey,
  objects: readonly PolicyObject[],
  overlay: WeightOverlay,
): CompiledRules {
  const claims = objects
    .flatMap((object) => ruleObject(object, pool))
    .sort((a, b) => validFirst(a, b) || byPrecedence(a.meta, b.meta))
    .flatMap((object) => claimsOf(object, overlay));
  const rules = new Map<ModelName, Rule>();
  const conflicts: Conflict[] = [];
  let anyRule: Rule | undefined;
  for (const { name, rule } of claims) {
    const winner = name === undefined ? anyRule : rules.get(name);
    if (winner !== undefined) conflicts.push(...conflict(name, winner, rule));
    else if (name === undefined) anyRule = rule;
    else rules.set(name, rule);
  }
  return { rules, anyRule, conflicts };
}

function ruleObject(object: PolicyObject, pool: PoolKey): readonly RuleObject[] {
  switch (object.kind) {
    case 'model':
    case 'rewrite':
    case 'invalid':
      return object.pool === pool ? [object] : [];
    case 'pool':
    case 'objective':
    case 'route':
      return [];
  }
}

function validFirst(a: RuleObject, b: RuleObject): number {
  return Number(a.kind === 'invalid') - Number(b.kind === 'invalid');
}

/** An invalid loser is reported as a problem already, and an object does not compete with itself. */
function conflict(name: ModelName | undefined, winner: Rule, loser: Rule): readonly Conflict[] {
  if (loser.kind === 'invalid' || winner.object === loser.object) return [];
  return [{ model: name ?? '*', winner: winner.object, loser: loser.object }];
}

function claimsOf(object: RuleObject, overlay: WeightOverlay): readonly Claim[] {
  switch (object.kind) {
    case 'model':
      return [modelClaim(object, overlay)];
    case 'rewrite':
      return object.rules.flatMap(({ matches, targets }) =>
        (matches === 'any' ? [undefined] : matches).map((name) => {
          const wanted = { object: object.meta, pool: object.pool, name, targets, criticality: STANDARD };
          return { name, rule: weightedRule(wanted, overlay) };
        }),
      );
    case 'invalid':
      return object.modelNames.map((name) => ({
        name,
        rule: { kind: 'invalid', object: object.meta, problem: object.problem },
      }));
  }
}

const STANDARD: Criticality = 'Standard';

/** A model without targets is served under its own name; the object then only sets the criticality. */
function modelClaim(object: ModelObject, overlay: WeightOverlay): Claim {
  const { meta, pool, modelName: name, criticality } = object;
  const targets = object.targets.length > 0 ? object.targets : [{ name: targetName(name), weight: 1 }];
  return { name, rule: weightedRule({ object: meta, pool, name, targets, criticality }, overlay) };
}

interface WantedRule {
  readonly object: ObjectMeta;
  readonly pool: PoolKey;
  readonly name: ModelName | undefined;
  readonly targets: readonly WeightedTarget[];
  readonly criticality: Criticality;
}

function weightedRule(wanted: WantedRule, overlay: WeightOverlay): WeightedRule {
  const targets = withRoles(wanted.targets).map((target): Target => {
    const overlaid = overlay.get(overlayKey(wanted.pool, wanted.name, target.name));
    return {
      name: target.name,
      wanted: target.weight,
      effective: overlaid?.effective ?? target.weight,
      reason: overlaid?.reason,
      role: target.role,
      group: target.group,
    };
  });
  const totalWeight = targets.reduce((total, target) => total + target.effective, 0);
  return { kind: 'weighted', object: wanted.object, criticality: wanted.criticality, targets, totalWeight };
}
