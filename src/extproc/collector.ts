import type { Awaiting, Effect, Outcome, Reply } from './outcome.ts';

/** Gathers what one event yields. */
export interface Collector {
  readonly reply: (reply: Reply) => void;
  readonly effect: (effect: Effect) => void;
  /** Hands over everything gathered since the last call, with what the exchange waits for now. */
  readonly take: (awaiting: Awaiting) => Outcome;
}

/** Half of the events yield no reply or no effect; these share what stands for none. */
const NO_REPLIES: readonly Reply[] = [];
const NO_EFFECTS: readonly Effect[] = [];

/** Starts empty. */
export function createCollector(): Collector {
  let replies: Reply[] | undefined;
  let effects: Effect[] | undefined;
  return {
    reply: (reply) => {
      if (replies === undefined) replies = [reply];
      else replies.push(reply);
    },
    effect: (effect) => {
      if (effects === undefined) effects = [effect];
      else effects.push(effect);
    },
    take: (awaiting) => {
      const taken = { replies: replies ?? NO_REPLIES, effects: effects ?? NO_EFFECTS, awaiting };
      replies = undefined;
      effects = undefined;
      return taken;
    },
  };
}
