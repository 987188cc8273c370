import type { Forward } from '../core/decision.ts';
import type { TargetName } from '../core/names.ts';
import { groupChunks } from './chunking.ts';
import type { RequestBody } from './request-body.ts';
import { headerMutation } from './request-headers.ts';
import type { RequestState } from './request-state.ts';
import { dispatch, route } from './request-state.ts';

/** Sends a decided request on: headers and body as its mode wants them, `model` spliced in place. */
export function forwardBody(state: RequestState, body: RequestBody, forward: Forward): void {
  const target = renamed(forward);
  const parts = body.rewritten(target);
  route(state, forward);
  if (state.mode === 'full-duplex') emitFullDuplex(state, forward, parts);
  else emitOrdinary(state, forward, parts, target);
  dispatch(state, forward);
  state.step = 'passing';
  body.release();
}

/** The name to write into the body, if it differs from what the client wrote. */
function renamed(forward: Forward): TargetName | undefined {
  const same: boolean = forward.target === undefined || String(forward.target) === forward.model;
  return same ? undefined : forward.target;
}

function emitFullDuplex(state: RequestState, forward: Forward, parts: readonly Uint8Array[]): void {
  if (state.headersArrived) {
    state.out.reply({
      kind: 'request-headers',
      headers: headerMutation(state, forward, newLength(state, parts)),
    });
  }
  const groups = groupChunks(parts);
  const endsHere = !state.trailersArrived;
  groups.forEach((group, index) => {
    const endOfStream = endsHere && index === groups.length - 1;
    state.out.reply({ kind: 'request-chunk', parts: group, endOfStream });
  });
  if (groups.length === 0 && endsHere)
    state.out.reply({ kind: 'request-chunk', parts: [], endOfStream: true });
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
  const rewritten = target !== undefined;
  const headers =
    streamed && !state.guessed
      ? undefined
      : headerMutation(state, forward, rewritten ? newLength(state, parts) : undefined);
  // The chunks of a streamed body were cleared one by one, so the last one brings all of it.
  const replace = rewritten || streamed;
  state.out.reply({
    kind: 'request-body',
    headers,
    body: replace ? { kind: 'replace', parts } : { kind: 'keep' },
  });
}

/** `content-length` is written only where the client sent one: a chunked request stays chunked. */
function newLength(state: RequestState, parts: readonly Uint8Array[]): number | undefined {
  if (state.head.contentLength === undefined) return undefined;
  return parts.reduce((total, part) => total + part.length, 0);
}
