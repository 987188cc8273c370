import type { Role, WeightedTarget } from './policy.ts';

/** A target with its place in the comparison of a release. */
export interface RoledTarget extends WeightedTarget {
  readonly role: Role;
  readonly group: string;
}

/**
 * Gives each target of a rule its role and group. An object that names no stable target means the one with the
 * greatest weight among those that it gives no role, and of equal ones the first; all others are canaries.
 */
export function withRoles(targets: readonly WeightedTarget[]): readonly RoledTarget[] {
  const stable = targets.some(({ role }) => role === 'stable') ? undefined : greatest(targets);
  return targets.map((target) => {
    const role = target.role ?? (target === stable ? 'stable' : 'canary');
    return { ...target, role, group: target.group ?? role };
  });
}

function greatest(targets: readonly WeightedTarget[]): WeightedTarget | undefined {
  let best: WeightedTarget | undefined;
  for (const target of targets) {
    if (target.role === undefined && target.weight > (best?.weight ?? -1)) best = target;
  }
  return best;
}
