import type { Forward } from '../core/decision.ts';
import type { Rejection } from '../core/rejection.ts';
import { reject } from '../core/rejection.ts';
import type { Waiting } from './backlog.ts';
import { createBacklog } from './backlog.ts';
import { forwardBody, passThrough } from './forward-body.ts';
import type { Inbound } from './inbound.ts';
import { injectsUsage } from './include-usage.ts';
import type { RequestBody } from './request-body.ts';
import { bodyTooLarge, bufferFull } from './request-body.ts';
import { beginBody, settleMode } from './request-headers.ts';
import type { RequestState } from './request-state.ts';
import { pickRequest, refuse, violation } from './request-state.ts';

type BodyMessage = Extract<Inbound, { kind: 'request-body' }>;

/** Takes one body message in any step. */
export function onRequestBody(state: RequestState, message: BodyMessage): void {
  if (state.step === 'start') beginWithoutHeaders(state, message);
  if (state.step === 'mode') settleMode(state, 'full-duplex');
  if (state.step === 'held') return setAside(state, message);
  if (state.ended && state.step !== 'rejected') return violation(state, 'a body message after the end');
  state.ended = message.endOfStream;
  takeBody(state, message);
}

function takeBody(state: RequestState, message: BodyMessage): void {
  const { body, step } = state;
  if (body !== undefined && step === 'body') hold(state, body, message);
  else if (body !== undefined && step === 'through') {
    passThrough(state, body, body.add(message.bytes));
  } else passOn(state, message);
}

/** What comes while the decision is put off waits, within the limits of every body that is held. */
function setAside(state: RequestState, message: Waiting): void {
  const { maxBodyBytes, budget } = state.deps.limits;
  state.backlog ??= createBacklog(budget);
  if (!state.backlog.add(message)) return refuse(state, bufferFull());
  const bytes = (state.body?.byteLength() ?? 0) + state.backlog.byteLength();
  if (state.body !== undefined && bytes > maxBodyBytes) refuse(state, bodyTooLarge(maxBodyBytes));
}

/** The header mode is SKIP: the body is the stream's first message, and no header reply is owed. */
function beginWithoutHeaders(state: RequestState, message: BodyMessage): void {
  state.subset = message.subset;
  if (state.deps.refusal !== undefined) return refuse(state, state.deps.refusal);
  if (state.mode === undefined) state.step = 'mode';
  else beginBody(state, state.mode);
}

/** Takes the request trailers, which end a body whose last chunk did not say so. */
export function onRequestTrailers(state: RequestState): void {
  if (state.step === 'mode') settleMode(state, 'full-duplex');
  if (state.step === 'held') return setAside(state, { kind: 'request-trailers' });
  state.ended = true;
  state.trailersArrived = true;
  if (state.step === 'body' && state.body !== undefined) settleAtTrailers(state, state.body);
  if (state.step === 'through' && state.body !== undefined) passThrough(state, state.body, undefined);
  if (state.step === 'passing' || state.step === 'abandoned') state.out.reply({ kind: 'request-trailers' });
}

/** Outside full duplex no body reply is owed any more, so a body without a byte has to be settled here. */
function settleAtTrailers(state: RequestState, body: RequestBody): void {
  if (state.mode === 'full-duplex' || body.byteLength() > 0) return settle(state, body);
  if (state.dispatched === undefined)
    return refuse(state, reject('model_missing', 'the request has no body'));
  state.step = 'passing';
  state.out.effect({ kind: 'routed', forward: state.dispatched });
}

/** Holds a chunk, and decides the request once its mode says that the body is whole. */
function hold(state: RequestState, body: RequestBody, message: BodyMessage): void {
  state.bodyStarted = true;
  const wasComplete = body.complete();
  const refusal = body.add(message.bytes);
  if (refusal !== undefined) return refuseUnlessPassing(state, body, refusal);
  switch (state.mode) {
    case 'full-duplex':
      return message.endOfStream ? settle(state, body) : cutThrough(state, body, wasComplete);
    case 'buffered-partial':
      if (isWhole(state, body, message.endOfStream)) return settle(state, body);
      return refuse(state, truncated(body.byteLength()));
    case 'streamed':
      if (message.endOfStream || body.complete()) return settle(state, body);
      body.wait();
      return state.out.reply({ kind: 'request-body', headers: undefined, body: { kind: 'clear' } });
    case 'buffered':
    case 'none':
    case undefined:
      return settle(state, body);
  }
}

/** What is held only for its prompt goes on where no memory is left for it. */
function refuseUnlessPassing(state: RequestState, body: RequestBody, refusal: Rejection): void {
  const isSpare = refusal.reason === 'buffer_full' && state.deps.limits.readsPrompts === true;
  const model = body.model();
  if (!isSpare || model === undefined || state.mode !== 'full-duplex' || !passesEarly(state)) {
    return refuse(state, refusal);
  }
  return state.ended ? settle(state, body) : decideBody(state, body, model);
}

/** A whole body with trailers and a cut-off prefix look alike in BUFFERED_PARTIAL; these tell them apart. */
function isWhole(state: RequestState, body: RequestBody, endOfStream: boolean): boolean {
  return endOfStream || body.byteLength() === state.head.contentLength || body.complete();
}

function truncated(bytes: number) {
  return reject(
    'body_truncated',
    `the request body is larger than the proxy's buffer: only its first ${bytes} bytes arrived ` +
      '(Envoy: per_connection_buffer_limit_bytes)',
  );
}

/**
 * Decides as soon as the body has told its model, and what picks want to know of its prompt; what follows is checked
 * on its way. Envoy tells the end of a body in a message of its own, so one whose value has closed is whole but for
 * that, and goes on in one piece.
 */
function cutThrough(state: RequestState, body: RequestBody, wasComplete: boolean): void {
  const model = body.model();
  const isKnown = model !== undefined && body.promptRead();
  if (!body.complete() && passesEarly(state) && isKnown) decideBody(state, body, model);
  // What closes the value is not copied, since nothing but the end follows it, or else white space, in drops.
  else if (wasComplete || !body.complete()) body.wait();
}

/** What asks for a usage can come anywhere in a body, also after what would have to change. */
function passesEarly(state: RequestState): boolean {
  return state.deps.cutThrough && !injectsUsage(state);
}

/** Checks the whole body and decides; an endpoint that was picked by the headers is kept. */
function settle(state: RequestState, body: RequestBody): void {
  const refusal = body.finish();
  if (refusal !== undefined) return refuse(state, refusal);
  return decideBody(state, body, body.model());
}

function decideBody(state: RequestState, body: RequestBody, model: string | undefined): void {
  const picked = state.dispatched;
  if (picked !== undefined && picked.model === model) return forwardBody(state, body, picked);
  const subset = picked === undefined ? state.subset : [picked.endpoint.address];
  const request = pickRequest(state, model, subset);
  const decision = state.deps.decide(request);
  switch (decision.kind) {
    case 'hold':
      state.heldFor = 'body';
      state.step = 'held';
      return state.out.effect({ kind: 'held', request });
    case 'reject':
      return refuse(state, decision);
    case 'forward':
      return forwardBody(state, body, keepEndpoint(decision, picked));
  }
}

/** The fallbacks of an earlier pick were sent with the headers and stay; so does what was said of its pods. */
function keepEndpoint(decision: Forward, picked: Forward | undefined): Forward {
  if (picked === undefined) return decision;
  const { fallbacks, explanation } = picked;
  if (decision.explanation === undefined) return { ...decision, fallbacks };
  return { ...decision, fallbacks, explanation: { ...decision.explanation, pick: explanation?.pick } };
}

/** Answers a body message of a request that is decided or given up. */
function passOn(state: RequestState, message: BodyMessage): void {
  if (state.step === 'rejected') return;
  if (state.mode !== 'full-duplex') {
    state.out.reply({ kind: 'request-body', headers: undefined, body: { kind: 'keep' } });
    return;
  }
  // An abandoned request's header reply was never sent, and Envoy takes no chunk before it.
  if (state.step === 'abandoned' && state.dispatched === undefined) return;
  state.out.reply({ kind: 'request-chunk', parts: [message.bytes], endOfStream: message.endOfStream });
}
