import type { Decision, Forward, PickRequest } from '../core/decision.ts';
import type { Rejection } from '../core/rejection.ts';
import type { ResponseFacts } from '../core/request-record.ts';
import type { BodyMode, BodyModeSource } from './body-mode.ts';
import type { Inbound } from './inbound.ts';

/** What happens to a stream, from Envoy or from the process itself. */
export type StreamEvent =
  | { readonly kind: 'message'; readonly message: Inbound }
  /** A held request may go on: its decision is made. */
  | { readonly kind: 'released'; readonly decision: Decision }
  /** The deadline of what the exchange awaits has passed. */
  | { readonly kind: 'deadline' }
  /** The stream is over, by either side. */
  | { readonly kind: 'closed' };

/** The endpoint header and metadata of a forwarded request, and what else its headers need. */
export interface HeaderMutation {
  /** Where the request goes; absent in a reply that only cleans the headers. */
  readonly forward: Forward | undefined;
  /** True if the client's own destination header has to be removed first. */
  readonly stripDestination: boolean;
  /** New `content-length`; undefined leaves it as it is. */
  readonly contentLength: number | 'remove' | undefined;
}

/** An ordinary body reply: leave the body, drop this part of it, or put other bytes in its place. */
export type BodyChange =
  | { readonly kind: 'keep' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'replace'; readonly parts: readonly Uint8Array[] };

/** One message back to Envoy. `chunk` replies belong to full duplex, `body` replies to every other mode. */
export type Reply =
  | { readonly kind: 'request-headers'; readonly headers: HeaderMutation | undefined }
  | {
      readonly kind: 'request-body';
      readonly headers: HeaderMutation | undefined;
      readonly body: BodyChange;
    }
  | { readonly kind: 'request-chunk'; readonly parts: readonly Uint8Array[]; readonly endOfStream: boolean }
  | { readonly kind: 'request-trailers' }
  /** `debug` is what a client that asked is told of its decision. */
  | { readonly kind: 'response-headers'; readonly debug: Forward | undefined }
  | { readonly kind: 'response-body'; readonly body: BodyChange }
  | { readonly kind: 'response-chunk'; readonly parts: readonly Uint8Array[]; readonly endOfStream: boolean }
  | { readonly kind: 'response-trailers' }
  | { readonly kind: 'immediate'; readonly rejection: Rejection; readonly grpc: boolean };

/** Why a request's body is passed on unread. */
export type OpaqueReason = 'content_encoding' | 'content_type';

/** What the rest of the process has to know; sending replies is not among it. */
export type Effect =
  | { readonly kind: 'mode-resolved'; readonly mode: BodyMode; readonly source: BodyModeSource }
  /** The request's headers go to the pod now: from here on its load counts; `bytes` is its body, as far as it is known. */
  | { readonly kind: 'dispatched'; readonly forward: Forward; readonly bytes: number | undefined }
  /** Model and target are known, and nothing is wrong with the request; once per request. */
  | { readonly kind: 'routed'; readonly forward: Forward }
  /** The dispatched request did not reach the endpoint that was picked. */
  | { readonly kind: 'unreached' }
  | { readonly kind: 'opaque'; readonly reason: OpaqueReason }
  | { readonly kind: 'held'; readonly request: PickRequest }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | {
      readonly kind: 'responded';
      readonly status: number;
      readonly served: string | undefined;
      /** True for an event stream. */
      readonly streamed: boolean;
    }
  /** The first byte of the response's body is there; of an event stream, the first that the model said. */
  | { readonly kind: 'first-token' }
  /** Nothing more is learnt of a response that has begun; `noUsage` tells why there is no usage. */
  | ({ readonly kind: 'response-ended' } & Pick<
      ResponseFacts,
      'end' | 'usage' | 'noUsage' | 'finishReason' | 'requestBytes' | 'responseBytes'
    >)
  /** The pod has no more work with the request: its response has ended, or was whole when it began. */
  | { readonly kind: 'finished' }
  /** A message that no order of the protocol allows. */
  | { readonly kind: 'protocol-error'; readonly problem: string };

/** What the exchange waits for, which decides the deadline: none in the response phase. */
export type Awaiting = 'nothing' | 'mode' | 'body' | 'decision';

/** The result of one event. */
export interface Outcome {
  readonly replies: readonly Reply[];
  readonly effects: readonly Effect[];
  readonly awaiting: Awaiting;
}
