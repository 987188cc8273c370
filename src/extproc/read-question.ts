import type { PickRequest } from '../core/decision.ts';
import { type Rejection, reject } from '../core/rejection.ts';
import { decode } from './decode.ts';
import { createExchange } from './exchange.ts';
import type { StreamEvent } from './outcome.ts';

/** A request as a client would send it. */
export interface SentRequest {
  /** Names in lower case; pseudo-headers as HTTP/2 has them. */
  readonly headers: readonly (readonly [string, string])[];
  /** Undefined for a request without one. */
  readonly body: Uint8Array | undefined;
  readonly maxBodyBytes: number;
}

/** Reads what a request asks for, as the stream of a real one does; or why that would be refused unread. */
export function readQuestion({ headers, body, maxBodyBytes }: SentRequest): PickRequest | Rejection {
  let asked: PickRequest | undefined;
  const { receive } = createExchange({
    decide: (request) => {
      asked = request;
      return { kind: 'hold' };
    },
    limits: { maxBodyBytes, budget: UNBOUNDED, readsPrompts: true },
    cutThrough: false,
    injectIncludeUsage: false,
    hints: { metadata: undefined, responseMetadata: undefined, flag: 'buffered', responseFlag: undefined },
    debugHeader: false,
    refusal: undefined,
  });
  for (const event of eventsOf(headers, body)) {
    for (const effect of receive(event).effects) if (effect.kind === 'rejected') return effect.rejection;
    if (asked !== undefined) return asked;
  }
  return reject('internal', 'the request was not read to its end');
}

const UNBOUNDED = { reserve: () => true, release: () => undefined };

function eventsOf(headers: SentRequest['headers'], body: Uint8Array | undefined): readonly StreamEvent[] {
  const map = headers.map(([key, value]) => ({ key, value }));
  const head = { headers: { headers: map }, end_of_stream: body === undefined };
  const messages = [
    { request_headers: head },
    ...(body === undefined ? [] : [{ request_body: { body, end_of_stream: true } }]),
  ];
  return messages.map((message) => ({ kind: 'message', message: decode(message) }));
}
