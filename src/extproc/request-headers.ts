import type { Forward } from '../core/decision.ts';
import type { BodyMode } from './body-mode.ts';
import { responseLike } from './body-mode.ts';
import type { Inbound } from './inbound.ts';
import { opaqueReason } from './opaque-body.ts';
import type { HeaderMutation } from './outcome.ts';
import { bodyTooLarge, createRequestBody } from './request-body.ts';
import type { RequestState } from './request-state.ts';
import { dispatch, pickRequest, refuse, violation } from './request-state.ts';

/** Takes the request headers, and answers them as soon as the body mode asks for it. */
export function onRequestHeaders(
  state: RequestState,
  message: Extract<Inbound, { kind: 'request-headers' }>,
): void {
  if (state.step !== 'start') return violation(state, 'request headers came twice or too late');
  state.head = message.head;
  state.headersArrived = true;
  state.subset = message.subset;
  state.ended = message.endOfStream;
  if (state.deps.refusal !== undefined) return refuse(state, state.deps.refusal);
  if (message.endOfStream || state.mode === 'none') return decideByHeaders(state, undefined);
  const limit = state.deps.limits.maxBodyBytes;
  if ((message.head.contentLength ?? 0) > limit) return refuse(state, bodyTooLarge(limit));
  if (state.mode === undefined) state.step = 'mode';
  else beginBody(state, state.mode);
}

/** The order of the messages told the mode: a body before the header reply can only be full duplex. */
export function settleMode(state: RequestState, mode: BodyMode): void {
  const { hints } = state.deps;
  state.mode = mode;
  state.guessed = mode !== 'full-duplex';
  state.responseMode = hints.responseMetadata ?? hints.responseFlag ?? responseLike(mode);
  beginBody(state, mode);
}

/**
 * Starts to hold the body. In plain STREAMED the header reply releases the headers, so the endpoint is
 * picked before the body is seen; a model name lifted into a header helps it then.
 */
export function beginBody(state: RequestState, mode: BodyMode): void {
  state.out.effect({ kind: 'mode-resolved', mode, source: state.source });
  const opaque = state.headersArrived ? opaqueReason(state.head) : undefined;
  if (opaque !== undefined) {
    state.out.effect({ kind: 'opaque', reason: opaque });
    return decideByHeaders(state, undefined);
  }
  state.body = createRequestBody(state.deps.limits);
  state.step = 'body';
  if (mode === 'streamed') decideByHeaders(state, state.head.modelHeader);
  else if (mode !== 'full-duplex') replyHeaders(state, undefined);
}

function decideByHeaders(state: RequestState, model: string | undefined): void {
  const request = pickRequest(state, model, state.subset);
  const decision = state.deps.decide(request);
  switch (decision.kind) {
    case 'hold':
      state.heldFor = 'headers';
      state.step = 'held';
      return state.out.effect({ kind: 'held', request });
    case 'reject':
      return refuse(state, decision);
    case 'forward':
      return forwardHeaders(state, decision);
  }
}

/** Releases the headers to the picked endpoint; a JSON body that is still to come is routed by itself. */
export function forwardHeaders(state: RequestState, forward: Forward): void {
  state.decided = forward;
  dispatch(state, forward);
  replyHeaders(state, forward);
  if (state.body !== undefined) {
    state.step = 'body';
    return;
  }
  state.step = 'passing';
  state.out.effect({ kind: 'routed', forward });
}

/** A header reply; one that decides nothing still removes a destination that the client sent. */
function replyHeaders(state: RequestState, forward: Forward | undefined): void {
  if (!state.headersArrived) return;
  state.out.reply({ kind: 'request-headers', headers: headerMutation(state, forward, undefined) });
}

/** The mutation that sends a request to `forward`, or undefined if nothing has to change. */
export function headerMutation(
  state: RequestState,
  forward: Forward | undefined,
  contentLength: HeaderMutation['contentLength'],
): HeaderMutation | undefined {
  const stripDestination = state.head.forgedDestination;
  return forward === undefined && !stripDestination
    ? undefined
    : { forward, stripDestination, contentLength };
}
