import type { Forward } from '../core/decision.ts';
import type { TargetName } from '../core/names.ts';
import type { Rejection } from '../core/rejection.ts';
import { groupChunks } from './chunking.ts';
import { withUsageAsked } from './include-usage.ts';
import type { HeaderMutation } from './outcome.ts';
import type { RequestBody } from './request-body.ts';
import { headerMutation } from './request-headers.ts';
import type { RequestState } from './request-state.ts';
import { dispatch, noteRouted, refuse } from './request-state.ts';

/**
 * Sends a decided request on: headers and body as its mode wants them, `model` spliced in place. In full
 * duplex the body may still be arriving; then the rest follows as it comes.
 */
export function forwardBody(state: RequestState, body: RequestBody, forward: Forward): void {
  state.decided = forward;
  const target = renamed(forward);
  const parts = withUsageAsked(state, body.take(target));
  const more = isPartial(state);
  if (!more) state.out.effect({ kind: 'routed', forward });
  if (state.mode === 'full-duplex') {
    replyHeaders(state, forward, newLength(state, parts, target));
    replyChunks(state, parts);
  } else {
    emitOrdinary(state, forward, parts, target);
  }
  dispatch(state, forward);
  state.step = more ? 'through' : 'passing';
  if (!more) body.release();
}

/** Whether more of the body is to come, which only full duplex lets Serin act on. */
function isPartial(state: RequestState): boolean {
  return state.mode === 'full-duplex' && !state.ended;
}

/** Sends on what has come of a body whose request is decided, and ends the request at its first fault. */
export function passThrough(state: RequestState, body: RequestBody, fault: Rejection | undefined): void {
  const forward = state.dispatched;
  const refusal = fault ?? (state.ended ? body.finish() : undefined);
  // An answer that is under way is worth more than an error that could not be told any more.
  if (forward === undefined || (refusal !== undefined && !state.responding)) {
    return refusal === undefined ? undefined : refuse(state, refusal);
  }
  replyChunks(state, body.take(renamed(forward)));
  if (!state.ended) return;
  noteRouted(state);
  state.step = 'passing';
  body.release();
}

/** The name to write into the body, if it differs from what the client wrote. */
function renamed(forward: Forward): TargetName | undefined {
  const same: boolean = forward.target === undefined || String(forward.target) === forward.model;
  return same ? undefined : forward.target;
}

function replyHeaders(
  state: RequestState,
  forward: Forward,
  contentLength: HeaderMutation['contentLength'],
): void {
  if (!state.headersArrived) return;
  const headers = headerMutation(state, forward, contentLength);
  state.out.reply({ kind: 'request-headers', headers });
}

/** Body messages of full duplex; trailers end a body whose last message does not say so. */
function replyChunks(state: RequestState, parts: readonly Uint8Array[]): void {
  const ends = state.ended && !state.trailersArrived;
  const groups = groupChunks(parts);
  groups.forEach((group, index) => {
    const endOfStream = ends && index === groups.length - 1;
    state.out.reply({ kind: 'request-chunk', parts: group, endOfStream });
  });
  if (groups.length === 0 && ends) state.out.reply({ kind: 'request-chunk', parts: [], endOfStream: true });
}

/**
 * BUFFERED and BUFFERED_PARTIAL still hold the headers, so the destination goes out here. In STREAMED they
 * are gone and Envoy leaves a mutation aside; where the mode is a guess it is sent for the case that they
 * are not.
 */
function emitOrdinary(
  state: RequestState,
  forward: Forward,
  parts: readonly Uint8Array[],
  target: TargetName | undefined,
): void {
  const streamed = state.mode === 'streamed';
  const rewritten = target !== undefined || state.usageAsked;
  const headers =
    streamed && !state.guessed
      ? undefined
      : headerMutation(state, forward, rewritten ? newLength(state, parts, target) : undefined);
  // The chunks of a streamed body were cleared one by one, so the last one brings all of it.
  const replace = rewritten || streamed;
  state.out.reply({
    kind: 'request-body',
    headers,
    body: replace ? { kind: 'replace', parts } : { kind: 'keep' },
  });
}

/**
 * `content-length` is written only where the client sent one: a chunked request stays chunked. Where the rest
 * of the body is still to come, a name that changes may come again, so nobody knows the new length.
 */
function newLength(
  state: RequestState,
  parts: readonly Uint8Array[],
  target: TargetName | undefined,
): HeaderMutation['contentLength'] {
  if (state.head.contentLength === undefined) return undefined;
  if (isPartial(state)) return target === undefined ? undefined : 'remove';
  return parts.reduce((total, part) => total + part.length, 0);
}
