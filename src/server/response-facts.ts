import type { ResponseFacts } from '../core/request-record.ts';
import { NO_RESPONSE } from '../core/request-record.ts';
import type { Effect } from '../extproc/outcome.ts';

/** Gathers what a stream learns of its response. */
export interface ResponseNotes {
  readonly responded: (effect: Extract<Effect, { kind: 'responded' }>) => void;
  readonly firstToken: () => void;
  readonly ended: (effect: Extract<Effect, { kind: 'response-ended' }>) => void;
  /** Everything so far; `modelAsked` tells whether a usage was due. */
  readonly facts: (modelAsked: boolean) => ResponseFacts;
}

/** Starts with no response; `elapsedMs` counts from the request's start. */
export function createResponseNotes(elapsedMs: () => number): ResponseNotes {
  let facts: ResponseFacts = NO_RESPONSE;
  return {
    responded: ({ status, served, streamed }) => {
      facts = { ...facts, status, served, streamed, headersMs: elapsedMs() };
    },
    firstToken: () => {
      facts = { ...facts, firstTokenMs: elapsedMs() };
    },
    ended: ({ end, usage, noUsage, finishReason }) => {
      facts = { ...facts, end, usage, noUsage, finishReason };
    },
    facts: (modelAsked) => (modelAsked && isGood(facts.status) ? facts : { ...facts, noUsage: undefined }),
  };
}

function isGood(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
