import type { BodyModes } from './body-mode.ts';

/** The request headers that Serin reads. */
export interface RequestHead {
  readonly method: string;
  /** `:path` without its query, which may hold a credential; empty if it did not come. */
  readonly path: string;
  readonly authority: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** True if the path is that of completions or chats, whose streams tell their usage when asked to. */
  readonly completions: boolean;
  /** `content-length` in bytes; undefined if absent or not a number. */
  readonly contentLength: number | undefined;
  readonly objective: string | undefined;
  readonly session: string | undefined;
  /** Model name lifted into a header by a body-based router. */
  readonly modelHeader: string | undefined;
  /** True if the client sent a destination header of its own, which must not survive. */
  readonly forgedDestination: boolean;
  /** The proxy's id of the request, `traceparent` and `tracestate`, as sent. */
  readonly requestId: string | undefined;
  readonly traceParent: string | undefined;
  readonly traceState: string | undefined;
  /** True if the client asks how its request is decided. */
  readonly debug: boolean;
  /** True for a gRPC request, whose rejections carry a gRPC status. */
  readonly grpc: boolean;
}

/** The response headers that Serin reads. */
export interface ResponseHead {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** True if the response names its length: then the pod has made all of it before it sent the headers. */
  readonly whole: boolean;
}

/** One message of the stream in domain terms. */
export type Inbound =
  | {
      readonly kind: 'request-headers';
      readonly head: RequestHead;
      readonly endOfStream: boolean;
      readonly modes: BodyModes | undefined;
      /** Entries of the subset hint as sent: `ip:port` or `ip`; undefined if there is none. */
      readonly subset: readonly string[] | undefined;
    }
  | {
      readonly kind: 'request-body';
      readonly bytes: Uint8Array;
      readonly endOfStream: boolean;
      /** Set if this is the stream's first message, because the header mode is SKIP. */
      readonly modes: BodyModes | undefined;
      readonly subset: readonly string[] | undefined;
    }
  | { readonly kind: 'request-trailers' }
  | {
      readonly kind: 'response-headers';
      readonly status: number;
      readonly head: ResponseHead;
      readonly endOfStream: boolean;
      /** The endpoint that the proxy says has served; undefined if it does not report it. */
      readonly served: string | undefined;
      readonly modes: BodyModes | undefined;
    }
  | { readonly kind: 'response-body'; readonly bytes: Uint8Array; readonly endOfStream: boolean }
  | { readonly kind: 'response-trailers' }
  | { readonly kind: 'unreadable' };
