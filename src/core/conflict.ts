import type { ObjectMeta } from './policy.ts';

/** Two objects that claim the same thing in one place; the loser waits for the winner to go. */
export interface Conflict {
  /** What both claim: a model name (`*` for all that have no rule), a host, or the name of a pool or objective. */
  readonly model: string;
  readonly winner: ObjectMeta;
  readonly loser: ObjectMeta;
}
