import { z } from 'zod';
import { modelName, poolKey } from '../../core/names.ts';
import type { ModelObject, ObjectMeta } from '../../core/policy.ts';
import { type Checked, check } from '../problems/schema-check.ts';
import { poolRef } from './pool-ref.ts';
import { servedName, uniformOr, weight, weightedTargets } from './weighted-targets.ts';

const modelSpec = z.strictObject({
  modelName: z.string().min(1).max(256),
  criticality: z.enum(['Critical', 'Standard', 'Sheddable']).optional(),
  targetModels: weightedTargets(z.strictObject({ name: servedName, weight }), 'name').optional(),
  poolRef,
});

/** Translates the spec of an InferenceModel (v1alpha1 and v1alpha2 have the same fields). */
export function translateModel(spec: unknown, meta: ObjectMeta): Checked<ModelObject> {
  const checked = check(modelSpec, spec, ['spec']);
  if (checked.kind === 'invalid') return checked;
  const model = checked.value;
  return {
    kind: 'ok',
    value: {
      kind: 'model',
      meta,
      pool: poolKey(meta.namespace, model.poolRef.name),
      modelName: modelName(model.modelName),
      criticality: model.criticality ?? 'Standard',
      targets: uniformOr(model.targetModels ?? []),
    },
  };
}
