import type { WireRequest, WireResponse } from '../extproc/wire.ts';

/** One gRPC stream as the stream adapter sees it; exactly one file knows the library behind it. */
export interface ExtProcCall {
  /** Queues a message; nothing happens on a closed call. */
  readonly send: (message: WireResponse) => void;
  /** Ends the stream with status OK, after everything that was sent. */
  readonly end: () => void;
  /** The first value of a call metadata key. */
  readonly metadata: (key: string) => string | undefined;
  /** `:authority` of the stream itself, not of the request that it is about. */
  readonly authority: string | undefined;
}

/** What a stream does with the events of its call. */
export interface ExtProcHandlers {
  readonly onMessage: (message: WireRequest) => void;
  /** The peer will send nothing more. */
  readonly onHalfClose: () => void;
  /** Exactly once, whichever way the call ended. */
  readonly onClose: () => void;
}

/** Accepts a call and returns what handles its events. */
export type ExtProcService = (call: ExtProcCall) => ExtProcHandlers;
