import type { LoadView } from './load-view.ts';
import type { ModelName, PoolKey, TargetName } from './names.ts';
import { overlayKey } from './overlay.ts';
import { servedTargets } from './served-targets.ts';
import type { Pool, Rule, Target, WeightedRule } from './snapshot.ts';

/** What becomes of the requests for a target that no ready pod serves. */
export type MissingPolicy =
  /** The other targets of its rule share them by their weights. */
  | { readonly kind: 'redistribute' }
  /** They go to one target, whether or not the rule names it. */
  | { readonly kind: 'fallback'; readonly to: TargetName }
  /** They are refused with 503. */
  | { readonly kind: 'fail' };

/** Targets that no ready pod serves, by `overlayKey`, and since when, in milliseconds since the epoch. */
export type MissingSince = ReadonlyMap<string, number>;

/** What a snapshot is made with where targets may be missing. */
export interface MissingTargets {
  readonly policy: MissingPolicy;
  readonly since: MissingSince;
}

/** A target of a rule that no ready pod serves. */
export interface MissingTarget {
  readonly pool: PoolKey;
  readonly model: ModelName | undefined;
  readonly target: TargetName;
}

/**
 * The targets of a pool's rules that no ready pod serves, and the fallback if it is one of them. While a pod
 * that answers has not told its models, or none answers, nothing is known to be missing.
 */
export function missingTargets(pool: Pool, load: LoadView, policy: MissingPolicy): readonly MissingTarget[] {
  const served = servedTargets(pool, load);
  if (served.untold || served.pods === 0) return [];
  const fallback = policy.kind === 'fallback' ? [policy.to] : [];
  return weightedRules(pool).flatMap(([model, { targets }]) => {
    const names = new Set([...targets.map(({ name }) => name), ...fallback]);
    return [...names]
      .filter((target) => !served.names.has(target))
      .map((target) => ({ pool: pool.key, model, target }));
  });
}

/** The weighted rules of a pool by the model that they are for; the rule for any model has none. */
function weightedRules({
  rules,
  anyRule,
}: Pick<Pool, 'rules' | 'anyRule'>): readonly (readonly [ModelName | undefined, WeightedRule])[] {
  const all: readonly (readonly [ModelName | undefined, Rule | undefined])[] = [
    ...rules,
    [undefined, anyRule],
  ];
  return all.flatMap(([model, rule]) => (rule?.kind === 'weighted' ? [[model, rule]] : []));
}

/** Which rule is meant, among those of all pools. */
export interface RulePlace {
  readonly pool: PoolKey;
  readonly model: ModelName | undefined;
}

/** The rule with the weights that are in force while some of its targets are missing. */
export function withoutMissing<R extends Rule>(
  rule: R,
  { pool, model }: RulePlace,
  { policy, since }: MissingTargets,
): R {
  if (rule.kind === 'invalid' || since.size === 0) return rule;
  const sinceOf = (target: TargetName) => since.get(overlayKey(pool, model, target));
  const targets = targetsInForce(rule.targets, sinceOf, policy);
  return { ...rule, targets, totalWeight: targets.reduce((total, { effective }) => total + effective, 0) };
}

const MISSING = 'no ready pod serves it';

type SinceOf = (target: TargetName) => number | undefined;

function targetsInForce(
  targets: readonly Target[],
  sinceOf: SinceOf,
  policy: MissingPolicy,
): readonly Target[] {
  const away = targets.filter(({ name, effective }) => effective > 0 && sinceOf(name) !== undefined);
  if (away.length === 0) return targets;
  const to = standInFor(targets, sinceOf, policy);
  const weight = away.reduce((total, { effective }) => total + effective, 0);
  const atMs = Math.max(...away.map(({ name }) => sinceOf(name) ?? 0));
  const standIn = { weight, reason: `stands in for ${away.map(({ name }) => name).join(', ')}`, atMs };
  return withStandIn(targets, to, standIn).map((target) =>
    away.some(({ name }) => name === target.name)
      ? {
          ...target,
          effective: to === 'nothing' ? target.effective : 0,
          reason: to === 'nothing' ? `${MISSING}: its requests fail` : MISSING,
          sinceMs: sinceOf(target.name),
        }
      : target,
  );
}

/** Who takes the requests of missing targets; nothing does if what would is missing too. */
function standInFor(
  targets: readonly Target[],
  sinceOf: SinceOf,
  policy: MissingPolicy,
): TargetName | 'others' | 'nothing' {
  switch (policy.kind) {
    case 'fail':
      return 'nothing';
    case 'fallback':
      return sinceOf(policy.to) === undefined ? policy.to : 'nothing';
    case 'redistribute': {
      const others = targets.some(({ name, effective }) => effective > 0 && sinceOf(name) === undefined);
      return others ? 'others' : 'nothing';
    }
  }
}

function withStandIn(
  targets: readonly Target[],
  to: TargetName | 'others' | 'nothing',
  { weight, reason, atMs }: { readonly weight: number; readonly reason: string; readonly atMs: number },
): readonly Target[] {
  if (to === 'others' || to === 'nothing') return targets;
  const more = { reason, sinceMs: atMs };
  const named = targets.some(({ name }) => name === to);
  return named
    ? targets.map((each) =>
        each.name === to ? { ...each, ...more, effective: each.effective + weight } : each,
      )
    : [...targets, { name: to, wanted: 0, effective: weight, ...more, role: 'stable', group: to }];
}
