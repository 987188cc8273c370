import { z } from 'zod';
import { poolKey } from '../../core/names.ts';
import type { ObjectiveObject, ObjectMeta } from '../../core/policy.ts';
import { type Checked, check } from '../problems/schema-check.ts';
import { poolRef } from './pool-ref.ts';

const objectiveSpec = z.strictObject({ poolRef, priority: z.int32().optional() });

/** Translates the spec of an InferenceObjective of either group; no priority means 0. */
export function translateObjective(spec: unknown, meta: ObjectMeta): Checked<ObjectiveObject> {
  const checked = check(objectiveSpec, spec, ['spec']);
  if (checked.kind === 'invalid') return checked;
  const pool = poolKey(meta.namespace, checked.value.poolRef.name);
  return { kind: 'ok', value: { kind: 'objective', meta, pool, priority: checked.value.priority ?? 0 } };
}
