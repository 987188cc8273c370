import type { PickInput } from './pick.ts';
import type { Pool, Rule } from './snapshot.ts';

/** One step of a decision, in the order in which they are taken; a rejection leaves out those after it. */
export type DecideStep =
  /** The request's pool. */
  | { readonly kind: 'pool'; readonly pool: Pool }
  /** The rule of its model, if an object has one. */
  | { readonly kind: 'rule'; readonly rule: Rule }
  /** The number in [0, 1) that chooses the target by weight. */
  | { readonly kind: 'roll'; readonly value: number; readonly by: 'chance' | 'session' }
  /** What the pod is picked by. */
  | { readonly kind: 'pick'; readonly input: PickInput };
