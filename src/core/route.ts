import type { TargetName } from './names.ts';
import type { Target, WeightedRule } from './snapshot.ts';

/**
 * Chooses a rule's target by weight. `roll` is in [0, 1): drawn, or hashed from a request's key, so that
 * equal keys get equal targets; `forced` names a target that is taken whatever its weight. Undefined if no
 * target has a weight, or if the forced one is none of the rule's.
 */
export function chooseTarget(rule: WeightedRule, roll: number, forced?: TargetName): Target | undefined {
  if (forced !== undefined) return rule.targets.find(({ name }) => name === forced);
  let rest = roll * rule.totalWeight;
  for (const target of rule.targets) {
    if (rest < target.effective) return target;
    rest -= target.effective;
  }
  // Rounding may leave a rest above every weight; it belongs to the last target that has one.
  return rule.targets.findLast(({ effective }) => effective > 0);
}
