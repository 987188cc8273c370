import { z } from 'zod';

/** One condition of an object's status. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  /** The generation of the spec that the condition is about. */
  readonly observedGeneration?: number | undefined;
}

/** What the server says of an object besides its spec. */
export interface Observed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Grows with each edit of the spec, and of nothing else. */
  readonly generation: number | undefined;
  readonly conditions: readonly Condition[];
}

const conditions = z.array(
  z.object({
    type: z.string(),
    status: z.string(),
    reason: z.string(),
    message: z.string(),
    lastTransitionTime: z.string(),
    observedGeneration: z.int().optional(),
  }),
);

const object = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.int().optional(),
  }),
  // Whatever others have written there: what cannot be read is as if it were not there.
  status: z.object({ conditions }).optional().catch(undefined),
});

/** Reads what the server says of an object; undefined if it is none that a server sends. */
export function readObserved(value: unknown): Observed | undefined {
  const read = object.safeParse(value);
  if (!read.success) return undefined;
  const { apiVersion, kind, metadata, status } = read.data;
  const { namespace, name, uid, resourceVersion, generation } = metadata;
  return {
    ...{ apiVersion, kind, namespace, name, uid, resourceVersion, generation },
    conditions: status?.conditions ?? [],
  };
}
