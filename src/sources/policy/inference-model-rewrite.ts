import { z } from 'zod';
import { modelName, poolKey } from '../../core/names.ts';
import type { ObjectMeta, RewriteObject, RewriteRule } from '../../core/policy.ts';
import { type Checked, check } from '../problems/schema-check.ts';
import { poolRef } from './pool-ref.ts';
import { servedName, uniformOr, weight, weightedTargets } from './weighted-targets.ts';

// Strict throughout: a condition that is ignored would rewrite requests that the user excludes.
const match = z.strictObject({
  model: z.strictObject({ type: z.literal('Exact').optional(), value: z.string().min(1).max(256) }),
});

const target = z.strictObject({ modelRewrite: servedName, weight });

const rule = z.strictObject({
  matches: z.array(match).optional(),
  targets: weightedTargets(target, 'modelRewrite').refine(
    (list) => list.length > 0,
    'must have at least 1 entry',
  ),
});

const rewriteSpec = z.strictObject({ poolRef, rules: z.array(rule).min(1) });

/** Translates the spec of an InferenceModelRewrite of either group. */
export function translateRewrite(spec: unknown, meta: ObjectMeta): Checked<RewriteObject> {
  const checked = check(rewriteSpec, spec, ['spec']);
  if (checked.kind === 'invalid') return checked;
  const pool = poolKey(meta.namespace, checked.value.poolRef.name);
  return { kind: 'ok', value: { kind: 'rewrite', meta, pool, rules: checked.value.rules.map(rewriteRule) } };
}

function rewriteRule({ matches = [], targets }: z.infer<typeof rule>): RewriteRule {
  return {
    matches: matches.length === 0 ? 'any' : matches.map(({ model }) => modelName(model.value)),
    targets: uniformOr(targets.map((entry) => ({ name: entry.modelRewrite, weight: entry.weight }))),
  };
}
