import type { ResponseFacts } from '../../src/core/request-record.ts';

/** The facts of a response that never came. */
export const NO_RESPONSE: ResponseFacts = {
  status: undefined,
  served: undefined,
  headersMs: undefined,
  firstTokenMs: undefined,
  streamed: false,
  usage: undefined,
  noUsage: undefined,
  finishReason: undefined,
  end: 'unseen',
};
