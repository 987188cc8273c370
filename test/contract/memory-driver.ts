import type { Effect } from '../../src/extproc/outcome.ts';
import type { WireResponse } from '../../src/extproc/wire.ts';
import type { Answer, Case } from './case.ts';
import { createCaseService } from './service.ts';
import type { Summary } from './summary.ts';
import { summarize } from './summary.ts';

/** What a driver saw: the replies of each step, and what was left when the stream had closed. */
export interface Run {
  readonly replies: readonly (readonly Summary[])[];
  readonly effects: readonly string[];
  readonly answer: Answer | undefined;
  readonly heldBytes: number;
  readonly closedStreams: number;
}

/** Runs a row on the stream adapter with a call that exists only in memory. */
export function runInMemory(row: Case): Run {
  const { service, wheel, effects, release, heldBytes, closedStreams } = createCaseService(row);
  let sent: WireResponse[] = [];
  const handlers = service({
    send: (message) => void sent.push(message),
    end: () => undefined,
    metadata: (key) => row.metadata?.[key],
    authority: undefined,
  });
  const replies = row.steps.map((step) => {
    sent = [];
    if ('send' in step) handlers.onMessage(step.send);
    else if ('release' in step) release(step.release);
    else wheel.expire();
    return sent.map(summarize);
  });
  handlers.onClose();
  return {
    replies,
    effects: effects.map((effect) => effect.kind),
    answer: answerIn(effects),
    heldBytes: heldBytes(),
    closedStreams: closedStreams(),
  };
}

/** What the effects tell of the response. */
export function answerIn(effects: readonly Effect[]): Answer | undefined {
  for (const effect of effects) {
    if (effect.kind !== 'response-ended') continue;
    const { end, usage, noUsage, finishReason } = effect;
    return { end, usage, noUsage, finishReason };
  }
  return undefined;
}
