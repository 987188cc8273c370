import { z } from 'zod';
import { poolKey } from '../../core/names.ts';
import type { ObjectMeta, PoolObject } from '../../core/policy.ts';
import { type Checked, check } from '../problems/schema-check.ts';

const port = z.int().min(1).max(65_535);
const labels = z.record(z.string(), z.string());

// Serin is the picker, whatever the reference to one says; where it names a Service, streams to that Service are
// of this pool. Fields that later generations add to a pool are ignored; a mistyped one of those below is missed
// by name.
const picker = z
  .object({ group: z.literal('').optional(), kind: z.literal('Service').optional(), name: z.string().min(1) })
  .optional()
  .catch(undefined);

const flatSpec = z.object({ selector: labels, targetPortNumber: port, extensionRef: picker });

const v1Spec = z.object({
  endpointPickerRef: picker,
  // Strict, since an ignored `matchExpressions` would select pods that the user excludes.
  selector: z.strictObject({
    matchLabels: labels.refine((map) => Object.keys(map).length > 0, 'must have at least 1 entry'),
  }),
  targetPorts: z
    .array(z.object({ number: port }))
    .min(1)
    .max(8)
    .superRefine((ports, context) => {
      const numbers = ports.map((entry) => entry.number);
      numbers.forEach((number, index) => {
        if (numbers.indexOf(number) === index) return;
        context.addIssue({
          code: 'custom',
          path: [index, 'number'],
          message: 'is a port twice in this list',
        });
      });
    }),
});

/** Translates the spec of an InferencePool v1alpha1 or v1alpha2 (flat selector, one port). */
export function translateFlatPool(spec: unknown, meta: ObjectMeta): Checked<PoolObject> {
  const checked = check(flatSpec, spec, ['spec']);
  if (checked.kind === 'invalid') return checked;
  const { selector, targetPortNumber, extensionRef } = checked.value;
  const parts = { selector, ports: [targetPortNumber], picker: extensionRef?.name };
  return { kind: 'ok', value: poolObject(meta, parts) };
}

/** Translates the spec of an InferencePool v1 (`matchLabels`, one to eight ports). */
export function translateV1Pool(spec: unknown, meta: ObjectMeta): Checked<PoolObject> {
  const checked = check(v1Spec, spec, ['spec']);
  if (checked.kind === 'invalid') return checked;
  const { selector, targetPorts, endpointPickerRef } = checked.value;
  const ports = targetPorts.map((entry) => entry.number);
  const parts = { selector: selector.matchLabels, ports, picker: endpointPickerRef?.name };
  return { kind: 'ok', value: poolObject(meta, parts) };
}

interface PoolParts {
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly picker: string | undefined;
}

function poolObject(meta: ObjectMeta, { selector, ports, picker }: PoolParts): PoolObject {
  const key = poolKey(meta.namespace, meta.name);
  return { kind: 'pool', meta, key, selector: new Map(Object.entries(selector)), ports, picker };
}
