import type { ObjectMeta } from './policy.ts';

/** Two objects that claim the same model name or host in one place; the loser waits for the winner to go. */
export interface Conflict {
  /** What both claim: a model name, or a host. */
  readonly model: string;
  readonly winner: ObjectMeta;
  readonly loser: ObjectMeta;
}
