import { z } from 'zod';
import { objectName } from './metadata.ts';

/** The API groups in which an InferencePool has been served. */
export const POOL_GROUPS = ['inference.networking.x-k8s.io', 'inference.networking.k8s.io'] as const;

/** A reference to an InferencePool in the object's own namespace (`spec.poolRef`). */
export const poolRef = z.strictObject({
  group: z.enum(POOL_GROUPS).optional(),
  kind: z.literal('InferencePool').optional(),
  name: objectName,
});
