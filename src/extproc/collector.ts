import type { Effect, Reply } from './outcome.ts';

/** Gathers what one event yields. */
export interface Collector {
  readonly reply: (reply: Reply) => void;
  readonly effect: (effect: Effect) => void;
  /** Hands over everything gathered since the last call. */
  readonly take: () => { readonly replies: readonly Reply[]; readonly effects: readonly Effect[] };
}

/** Starts empty. */
export function createCollector(): Collector {
  let replies: Reply[] = [];
  let effects: Effect[] = [];
  return {
    reply: (reply) => void replies.push(reply),
    effect: (effect) => void effects.push(effect),
    take: () => {
      const taken = { replies, effects };
      replies = [];
      effects = [];
      return taken;
    },
  };
}
