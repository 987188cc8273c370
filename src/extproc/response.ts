import type { Inbound } from './inbound.ts';
import type { BodyChange } from './outcome.ts';
import type { RequestState } from './request-state.ts';
import { letGo, noteRouted } from './request-state.ts';
import type { ResponseKind, ResponseReader } from './response-reader.ts';
import { createResponseReader, isEventStream, responseKind } from './response-reader.ts';

type HeadersMessage = Extract<Inbound, { kind: 'response-headers' }>;

/**
 * Answers response headers, which may come at any moment: also before the request body has ended, when
 * Envoy answers by itself or the pod answers early.
 */
export function onResponseHeaders(state: RequestState, message: HeadersMessage): void {
  const undecided = state.step === 'mode' || state.step === 'body' || state.step === 'held';
  if (undecided && state.dispatched === undefined) {
    letGo(state);
    state.step = 'abandoned';
  }
  noteRouted(state);
  state.responding = true;
  const { status, served, head } = message;
  const picked = state.dispatched?.endpoint.address;
  if (served !== undefined && picked !== undefined && served !== picked) {
    state.out.effect({ kind: 'unreached' });
  }
  state.out.effect({ kind: 'responded', status, served, streamed: isEventStream(head.contentType) });
  const asked = state.deps.debugHeader && state.head.debug;
  state.out.reply({ kind: 'response-headers', debug: asked ? state.decided : undefined });
  if (message.endOfStream) return end(state);
  if (state.responseMode !== 'none') state.response = readerOf(state, message);
  // A model server knows the length of an answer only when it has generated all of it.
  if (head.whole) finish(state);
}

function readerOf(state: RequestState, { status, head }: HeadersMessage): ResponseReader {
  // Errors have no usage.
  const kind = status >= 200 && status < 300 ? responseKind(head) : 'opaque';
  return createResponseReader(kind, {
    streamed: isEventStream(head.contentType),
    withholdsUsage: withholds(state, kind, head.whole),
  });
}

/**
 * True if the client would get an event that it has not asked for. A BUFFERED body that names its length has
 * to keep it; no event stream does name one.
 */
function withholds(state: RequestState, kind: ResponseKind, whole: boolean): boolean {
  return state.usageAsked && kind === 'events' && !whole;
}

/** Answers one response body message at once; in full duplex Envoy keeps no copy, so its bytes are echoed. */
export function onResponseBody(state: RequestState, bytes: Uint8Array, endOfStream: boolean): void {
  const { response } = state;
  state.responseBytes += bytes.length;
  const parts = response === undefined ? [bytes] : read(state, response, bytes);
  const rest = endOfStream || isBuffered(state) ? (response?.takeRest() ?? []) : [];
  const all = rest.length === 0 ? parts : [...parts, ...rest];
  if (state.responseMode !== 'full-duplex') {
    state.out.reply({ kind: 'response-body', body: changeOf(bytes, all) });
  } else if (all.length > 0 || endOfStream) {
    state.out.reply({ kind: 'response-chunk', parts: all, endOfStream });
  }
  if (endOfStream) end(state);
  // Nobody tells whether that was all of it.
  else if (state.responseMode === 'buffered-partial') tellEnd(state, 'unseen');
}

function read(state: RequestState, response: ResponseReader, bytes: Uint8Array): readonly Uint8Array[] {
  const begun = response.begun();
  const parts = response.push(bytes);
  if (!begun && response.begun()) state.out.effect({ kind: 'first-token' });
  return parts;
}

/** Then no further message brings what follows. */
function isBuffered({ responseMode }: RequestState): boolean {
  return responseMode === 'buffered' || responseMode === 'buffered-partial';
}

function changeOf(bytes: Uint8Array, parts: readonly Uint8Array[]): BodyChange {
  const [only] = parts;
  if (only === undefined) return bytes.length === 0 ? { kind: 'keep' } : { kind: 'clear' };
  return parts.length === 1 && only === bytes ? { kind: 'keep' } : { kind: 'replace', parts };
}

/**
 * Answers response trailers, the last message of a response that has them. Outside full duplex nothing is
 * left to bring the beginning of an event that never came whole, which no client would take anyway.
 */
export function onResponseTrailers(state: RequestState): void {
  const rest = state.responseMode === 'full-duplex' ? (state.response?.takeRest() ?? []) : [];
  if (rest.length > 0) state.out.reply({ kind: 'response-chunk', parts: rest, endOfStream: false });
  state.out.reply({ kind: 'response-trailers' });
  end(state);
}

/** The response has come to its end. */
function end(state: RequestState): void {
  finish(state);
  tellEnd(state, 'complete');
}

/** Nothing more comes of a response; it may have been cut off, or have gone on without Serin. */
export function onResponseClosed(state: RequestState): void {
  if (state.responding) tellEnd(state, state.response === undefined ? 'unseen' : 'cut');
}

function tellEnd(state: RequestState, how: 'complete' | 'cut' | 'unseen'): void {
  if (state.responseEnded) return;
  state.responseEnded = true;
  const { response } = state;
  const usage = response?.usage();
  state.out.effect({
    kind: 'response-ended',
    end: how,
    usage,
    noUsage: usage === undefined ? whyNone(response, how) : undefined,
    finishReason: response?.finishReason(),
    requestBytes: state.body?.byteLength() ?? state.head.contentLength,
    responseBytes: response === undefined ? undefined : state.responseBytes,
  });
}

function whyNone(response: ResponseReader | undefined, how: 'complete' | 'cut' | 'unseen') {
  if (response === undefined) return 'unread';
  if (response.kind === 'opaque') return 'opaque';
  return how === 'complete' ? 'absent' : how === 'cut' ? 'cut' : 'unread';
}

function finish(state: RequestState): void {
  if (state.finished) return;
  state.finished = true;
  state.out.effect({ kind: 'finished' });
}
