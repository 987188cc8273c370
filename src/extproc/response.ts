import type { Inbound } from './inbound.ts';
import type { RequestState } from './request-state.ts';
import { noteRouted } from './request-state.ts';

/**
 * Answers response headers, which may come at any moment: also before the request body has ended, when
 * Envoy answers by itself or the pod answers early.
 */
export function onResponseHeaders(
  state: RequestState,
  message: Extract<Inbound, { kind: 'response-headers' }>,
): void {
  const undecided = state.step === 'mode' || state.step === 'body' || state.step === 'held';
  if (undecided && state.dispatched === undefined) {
    state.body?.release();
    state.step = 'abandoned';
  }
  noteRouted(state);
  state.responding = true;
  const { status, served } = message;
  const picked = state.dispatched?.endpoint.address;
  if (served !== undefined && picked !== undefined && served !== picked) {
    state.out.effect({ kind: 'unreached' });
  }
  state.out.effect({ kind: 'responded', status, served });
  const asked = state.deps.debugHeader && state.head.debug;
  state.out.reply({ kind: 'response-headers', debug: asked ? state.decided : undefined });
  // A model server knows the length of an answer only when it has generated all of it.
  if (message.endOfStream || message.whole) finish(state);
}

/** Answers one response body message; in full duplex Envoy keeps no copy, so its bytes are echoed. */
export function onResponseBody(state: RequestState, bytes: Uint8Array, endOfStream: boolean): void {
  if (state.responseMode === 'full-duplex') state.out.reply({ kind: 'response-chunk', bytes, endOfStream });
  else state.out.reply({ kind: 'response-body' });
  if (endOfStream) finish(state);
}

/** Answers response trailers, the last message of a response that has them. */
export function onResponseTrailers(state: RequestState): void {
  state.out.reply({ kind: 'response-trailers' });
  finish(state);
}

function finish(state: RequestState): void {
  if (state.finished) return;
  state.finished = true;
  state.out.effect({ kind: 'finished' });
}
