import type { ExchangeBytes } from './exchange-bytes.ts';
import type { Outcome } from './lane.ts';
import { ANSWERED } from './lane.ts';
import type { ReplyMessage, ReplyState } from './reply-reader.ts';
import { newReplyState } from './reply-reader.ts';
import type { Sending } from './sending.ts';

/** One request on its way; a flat object that changes, since there is one for each of very many. */
export interface Exchange {
  readonly bytes: ExchangeBytes;
  readonly sending: Sending;
  readonly replies: ReplyState;
  readonly startedMs: number;
  readonly onDone: (outcome: Outcome) => void;
  headersAnswered: boolean;
  /** Bytes of the body replies so far. */
  echoed: number;
}

/** What a reply means for its exchange. */
export type Verdict = Outcome | { readonly kind: 'wait' } | { readonly kind: 'request-answered' };

/** Field numbers of ProcessingResponse. */
const REPLY = { requestHeaders: 1, responseHeaders: 2, requestBody: 3, immediate: 7, metadata: 8 } as const;
/** A target's name may be shorter than the model's, by less than this. */
const SLACK_BYTES = 64;
const WAIT = { kind: 'wait' } as const;
const REQUEST_ANSWERED = { kind: 'request-answered' } as const;

/** An exchange that has sent nothing; its last `held` messages of the request phase wait. */
export function newExchange(
  begun: Pick<Exchange, 'bytes' | 'startedMs' | 'onDone'>,
  stream: { readonly id: number; readonly window: number; readonly held: number },
): Exchange {
  const { messages } = begun.bytes;
  const end = messages.length - 1 - stream.held;
  const sending = { stream: stream.id, messages, message: 0, offset: 0, end, window: stream.window };
  return { ...begun, sending, replies: newReplyState(), headersAnswered: false, echoed: 0 };
}

/** Takes a reply to account. */
export function judge(exchange: Exchange, reply: ReplyMessage): Verdict {
  switch (reply.field) {
    case REPLY.requestHeaders:
    // Go writes the metadata of a reply to headers in front of the reply itself.
    case REPLY.metadata:
      exchange.headersAnswered = true;
      return WAIT;
    case REPLY.requestBody:
      exchange.echoed += reply.bytes;
      return reply.endsBody ? judgeRequest(exchange) : WAIT;
    case REPLY.responseHeaders:
      return ANSWERED;
    case REPLY.immediate:
      return failed('immediate response');
    default:
      return failed(`unknown reply ${reply.field}`);
  }
}

function judgeRequest({ headersAnswered, echoed, bytes }: Exchange): Verdict {
  if (!headersAnswered) return failed('no reply to the headers');
  return echoed + SLACK_BYTES < bytes.bodyBytes ? failed('body cut short') : REQUEST_ANSWERED;
}

function failed(reason: string): Outcome {
  return { kind: 'failed', reason };
}
