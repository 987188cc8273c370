import { z } from 'zod';
import type { ObjectMeta, Place } from '../../core/policy.ts';
import { type Checked, check } from '../problems/schema-check.ts';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAMESPACE = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** The name of a Kubernetes object. */
export const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(NAME, 'must be lower case letters, digits, "-" and "."');

const metadata = z.object({
  name: objectName,
  namespace: z
    .string()
    .min(1)
    .max(63)
    .regex(NAMESPACE, 'must be lower case letters, digits and "-"')
    .optional(),
  // `kubectl create --dry-run -o yaml` writes `creationTimestamp: null`.
  creationTimestamp: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time such as 2026-01-31T12:00:00Z')
    .nullish(),
});

/** What `readMetadata` cannot take from the metadata itself. */
export interface MetadataContext {
  readonly kind: string;
  readonly defaultNamespace: string;
  readonly place: Place;
}

/** Reads `metadata` of any object; an object without a namespace is in the default one. */
export function readMetadata(input: unknown, context: MetadataContext): Checked<ObjectMeta> {
  const checked = check(metadata, input, ['metadata']);
  if (checked.kind === 'invalid') return checked;
  const { name, namespace, creationTimestamp } = checked.value;
  const createdAtMs = typeof creationTimestamp === 'string' ? Date.parse(creationTimestamp) : undefined;
  return {
    kind: 'ok',
    value: {
      kind: context.kind,
      namespace: namespace ?? context.defaultNamespace,
      name,
      createdAtMs,
      place: context.place,
    },
  };
}
