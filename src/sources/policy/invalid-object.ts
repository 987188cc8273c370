import { z } from 'zod';
import { modelName, poolKey } from '../../core/names.ts';
import type { InvalidObject, ObjectMeta } from '../../core/policy.ts';
import type { Problem } from '../problems/problem.ts';

const text = z.string().min(1);

// Every part but the pool may be broken: what can be read of the names is read.
const namedSpec = z.object({
  spec: z.object({
    poolRef: z.object({ name: text }),
    modelName: text.optional().catch(undefined),
    rules: z
      .array(
        z
          .object({
            matches: z.array(
              z
                .object({ model: z.object({ value: text }) })
                .optional()
                .catch(undefined),
            ),
          })
          .optional()
          .catch(undefined),
      )
      .optional()
      .catch(undefined),
  }),
});

/** Finds the model names that a broken object means to serve; `undefined` if it names no model of a pool. */
export function invalidObject(
  meta: ObjectMeta,
  value: unknown,
  problems: readonly Problem[],
): InvalidObject | undefined {
  const read = namedSpec.safeParse(value);
  if (!read.success) return undefined;
  const { spec } = read.data;
  const matches = (spec.rules ?? []).flatMap((rule) => rule?.matches ?? []);
  const names = [spec.modelName, ...matches.map((match) => match?.model.value)].filter(
    (name) => name !== undefined,
  );
  if (names.length === 0) return undefined;
  const problem = problems.map(({ field, message }) => `${field} ${message}`.trimStart()).join('; ');
  return {
    kind: 'invalid',
    meta,
    pool: poolKey(meta.namespace, spec.poolRef.name),
    modelNames: names.map(modelName),
    problem,
  };
}
