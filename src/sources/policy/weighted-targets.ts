import { z } from 'zod';
import { targetName } from '../../core/names.ts';
import type { WeightedTarget } from '../../core/policy.ts';

// The CRDs stop at 1 000 000 and, in some versions, refuse 0; a file may say what a cluster would not take.
const MAX_WEIGHT = 2 ** 31 - 1;
// The CRDs stop at 10 targets; this bound only keeps metric labels finite.
const MAX_TARGETS = 100;

/** `weight` of a target: a whole number, 0 keeps the target registered without traffic. */
export const weight = z.int().min(0).max(MAX_WEIGHT).optional();

/** The name under which a pod serves a target. */
export const servedName = z.string().min(1).max(253);

interface RawTarget {
  readonly weight?: number | undefined;
}

/** A list of targets with weights on all of them or on none, and no name twice; `nameField` holds the name. */
export function weightedTargets<T extends RawTarget, K extends keyof T & string>(
  target: z.ZodType<T>,
  nameField: K,
) {
  return z
    .array(target)
    .max(MAX_TARGETS)
    .superRefine((targets, context) => {
      for (const index of unweighted(targets)) {
        context.addIssue({
          code: 'custom',
          path: [index, 'weight'],
          message: 'is missing, but other targets of this list have one: give all of them a weight, or none',
        });
      }
      for (const index of repeated(targets.map((entry) => entry[nameField]))) {
        context.addIssue({
          code: 'custom',
          path: [index, nameField],
          message: 'is a target twice in this list',
        });
      }
    });
}

/** Turns checked targets into the core's: a list without weights is uniform. */
export function uniformOr(
  targets: readonly { readonly name: string; readonly weight?: number | undefined }[],
): readonly WeightedTarget[] {
  return targets.map((target) => ({ name: targetName(target.name), weight: target.weight ?? 1 }));
}

function unweighted(targets: readonly RawTarget[]): readonly number[] {
  const missing = targets.flatMap((target, index) => (target.weight === undefined ? [index] : []));
  return missing.length === targets.length ? [] : missing;
}

function repeated(names: readonly unknown[]): readonly number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
}
