import type { Decision } from '../core/decision.ts';
import { reject } from '../core/rejection.ts';
import type { BodyModes } from './body-mode.ts';
import { resolveModes } from './body-mode.ts';
import { createCollector } from './collector.ts';
import { forwardBody } from './forward-body.ts';
import type { Inbound } from './inbound.ts';
import type { Outcome, StreamEvent } from './outcome.ts';
import { onRequestBody, onRequestTrailers } from './request-chunks.ts';
import { forwardHeaders, onRequestHeaders, settleMode } from './request-headers.ts';
import type { ExchangeDeps, RequestState } from './request-state.ts';
import { awaitingOf, createRequestState, letGo, noteRouted, refuse, violation } from './request-state.ts';
import { onResponseBody, onResponseClosed, onResponseHeaders, onResponseTrailers } from './response.ts';

/** One ext_proc stream, which is one HTTP request, as plain data in and plain data out. */
export interface Exchange {
  readonly receive: (event: StreamEvent) => Outcome;
}

/** Creates the state machine of one stream. */
export function createExchange(deps: ExchangeDeps): Exchange {
  const out = createCollector();
  const state = createRequestState(deps, out);
  return {
    receive: (event) => {
      receive(state, event);
      return out.take(awaitingOf(state));
    },
  };
}

function receive(state: RequestState, event: StreamEvent): void {
  switch (event.kind) {
    case 'message':
      return receiveMessage(state, event.message);
    case 'released':
      return release(state, event.decision);
    case 'deadline':
      return expire(state);
    case 'closed':
      noteRouted(state);
      onResponseClosed(state);
      return letGo(state);
  }
}

function receiveMessage(state: RequestState, message: Inbound): void {
  switch (message.kind) {
    case 'request-headers':
      start(state, message.modes);
      return onRequestHeaders(state, message);
    case 'request-body':
      start(state, message.modes);
      return onRequestBody(state, message);
    case 'request-trailers':
      return onRequestTrailers(state);
    case 'response-headers':
      start(state, message.modes);
      return onResponseHeaders(state, message);
    case 'response-body':
      return onResponseBody(state, message.bytes, message.endOfStream);
    case 'response-trailers':
      return onResponseTrailers(state);
    case 'unreadable':
      return violation(state, 'a message without a part that Serin knows');
  }
}

/** Envoy announces the modes in the first message of a stream, whichever that is. */
function start(state: RequestState, modes: BodyModes | undefined): void {
  if (state.started) return;
  state.started = true;
  const resolved = resolveModes(modes, state.deps.hints);
  state.mode = resolved.request;
  state.source = resolved.source;
  state.responseMode = resolved.response;
}

/** A held request goes on; the messages that came meanwhile follow in their order. */
function release(state: RequestState, decision: Decision): void {
  if (state.step !== 'held') return;
  if (decision.kind === 'reject') return refuse(state, decision);
  if (state.heldFor === 'body' && state.body !== undefined) forwardBody(state, state.body, decision);
  else forwardHeaders(state, decision);
  // In full duplex the trailers themselves ended the body, so they were not set aside.
  if (state.trailersArrived) state.out.reply({ kind: 'request-trailers' });
  const waiting = state.backlog?.take() ?? [];
  for (const message of waiting) receiveMessage(state, message);
}

function expire(state: RequestState): void {
  switch (awaitingOf(state)) {
    case 'nothing':
      return;
    case 'mode':
      // No body came before the header reply: Envoy holds it back, in a mode that only the body will tell.
      return settleMode(state, 'streamed');
    case 'body':
      return refuse(state, reject('body_idle_timeout', 'the request body stopped arriving'));
    case 'decision':
      return refuse(state, reject('decision_timeout', 'no endpoint became free in time'));
  }
}
