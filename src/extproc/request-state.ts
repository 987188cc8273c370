import type { Decision, Forward, PickRequest } from '../core/decision.ts';
import { modelName } from '../core/names.ts';
import type { Rejection } from '../core/rejection.ts';
import type { Backlog } from './backlog.ts';
import type { BodyMode, BodyModeSource, ModeHints } from './body-mode.ts';
import type { Collector } from './collector.ts';
import { emptyHead } from './decode.ts';
import type { RequestHead } from './inbound.ts';
import type { Awaiting } from './outcome.ts';
import type { BodyLimits, RequestBody } from './request-body.ts';
import type { ResponseReader } from './response-reader.ts';

/** Put off: the decision comes later, as a `released` event. */
export interface Hold {
  readonly kind: 'hold';
}

/** What a stream needs from the rest of the process. */
export interface ExchangeDeps {
  readonly decide: (request: PickRequest) => Decision | Hold;
  readonly limits: BodyLimits;
  /** In full duplex: decide and send on as soon as the model is known, not only at the body's end. */
  readonly cutThrough: boolean;
  /** Ask for the usage of streamed completions whose clients do not. */
  readonly injectIncludeUsage: boolean;
  readonly hints: ModeHints;
  /** Whether clients are told how their requests were decided, if they ask. */
  readonly debugHeader: boolean;
  /** Set if the stream is refused whatever it says (too many streams). */
  readonly refusal: Rejection | undefined;
}

/**
 * Where the request half stands.
 * `mode`: only the next message tells the body mode. `body`: chunks are held until the model is known.
 * `held`: the decision is put off. `through`: decided, the rest of the body is read on its way.
 * `passing`: decided, what follows goes on as it is.
 * `abandoned`: a response began before the decision. `rejected`: an immediate response was sent.
 */
export type RequestStep =
  | 'start'
  | 'mode'
  | 'body'
  | 'held'
  | 'through'
  | 'passing'
  | 'abandoned'
  | 'rejected';

/** The request half of one stream; mutable, owned by its exchange. */
export interface RequestState {
  readonly deps: ExchangeDeps;
  readonly out: Collector;
  /** True from the first message on, which tells the modes. */
  started: boolean;
  step: RequestStep;
  mode: BodyMode | undefined;
  responseMode: BodyMode;
  source: BodyModeSource;
  /** True if Envoy holds the body back and the order of the messages told no more than that. */
  guessed: boolean;
  head: RequestHead;
  /** False for streams whose header mode is SKIP: then no header reply is owed. */
  headersArrived: boolean;
  subset: readonly string[] | undefined;
  body: RequestBody | undefined;
  bodyStarted: boolean;
  /** What was decided; from the moment on when the headers were released to the pod. */
  dispatched: Forward | undefined;
  /** The decision with the target of the body, once that is known. */
  decided: Forward | undefined;
  /** What a held decision is for: the header reply or the body. */
  heldFor: 'headers' | 'body';
  /** What came while the decision was put off; undefined if nothing did. */
  backlog: Backlog | undefined;
  /** True once the last body chunk or the trailers have come. */
  ended: boolean;
  trailersArrived: boolean;
  /** True if the usage was asked for on behalf of a client that did not; it does not get it then. */
  usageAsked: boolean;
  responding: boolean;
  /** True once a request that was sent on before its body had ended was counted. */
  routed: boolean;
  /** Reads the response's body; undefined until it begins, and if it is not sent to us. */
  response: ResponseReader | undefined;
  /** What has come of the response's body. */
  responseBytes: number;
  /** True once it was told how the response ended. */
  responseEnded: boolean;
  /** True once the end of the response was seen, or its pod is known to have no more work with it. */
  finished: boolean;
}

/** Stands in until the headers come; shared, since nobody writes to it. */
const NO_HEAD = emptyHead();

/** The state before the first message. */
export function createRequestState(deps: ExchangeDeps, out: Collector): RequestState {
  return {
    deps,
    out,
    started: false,
    step: 'start',
    mode: undefined,
    responseMode: 'none',
    source: 'order',
    guessed: false,
    head: NO_HEAD,
    headersArrived: false,
    subset: undefined,
    body: undefined,
    bodyStarted: false,
    dispatched: undefined,
    decided: undefined,
    heldFor: 'headers',
    backlog: undefined,
    ended: false,
    trailersArrived: false,
    usageAsked: false,
    responding: false,
    routed: false,
    response: undefined,
    responseBytes: 0,
    responseEnded: false,
    finished: false,
  };
}

/** What the stream waits for. Where Envoy has answered its client, or holds the body back, nothing is due. */
export function awaitingOf(state: RequestState): Awaiting {
  if (state.responding) return 'nothing';
  switch (state.step) {
    case 'mode':
      return 'mode';
    case 'held':
      return 'decision';
    case 'body':
      return state.guessed && !state.bodyStarted ? 'nothing' : 'body';
    case 'passing':
      return state.ended || state.body !== undefined || state.mode === 'none' ? 'nothing' : 'body';
    case 'through':
      return 'body';
    case 'start':
    case 'abandoned':
    case 'rejected':
      return 'nothing';
  }
}

/** What the core has to know to decide this request. */
export function pickRequest(
  state: RequestState,
  model: string | undefined,
  subset: readonly string[] | undefined,
): PickRequest {
  return {
    host: state.head.authority,
    model: model === undefined ? undefined : modelName(model),
    objective: state.head.objective,
    session: state.head.session,
    subset,
    prompt: promptOf(state),
  };
}

/** Where the pod is still to be picked, its body may tell how the prompt begins. */
function promptOf({ deps, body, dispatched }: RequestState): PickRequest['prompt'] {
  return deps.limits.readsPrompts === true && dispatched === undefined ? body?.prompt : undefined;
}

/** Notes that the request's headers go to the pod now. */
export function dispatch(state: RequestState, forward: Forward): void {
  if (state.dispatched !== undefined) return;
  state.dispatched = forward;
  // What has come of a body without a length may be all of it, or not: it is the best there is.
  const bytes = state.head.contentLength ?? (state.body?.byteLength() || undefined);
  state.out.effect({ kind: 'dispatched', forward, bytes });
}

/**
 * Counts a request that goes on. One that was sent on before its body had ended counts when its end, its
 * response or its stream's end shows that it will not be refused.
 */
export function noteRouted(state: RequestState): void {
  if (state.step !== 'through' || state.routed || state.dispatched === undefined) return;
  state.routed = true;
  state.out.effect({ kind: 'routed', forward: state.dispatched });
}

/** Gives back the memory of what was held of a request. */
export function letGo(state: RequestState): void {
  state.body?.release();
  state.backlog?.take();
}

/** Ends the request with an error body, unless its response is already under way: that would cut it off. */
export function refuse(state: RequestState, rejection: Rejection): void {
  letGo(state);
  if (state.responding) return abandon(state);
  state.step = 'rejected';
  if (state.dispatched !== undefined) state.out.effect({ kind: 'unreached' });
  state.out.effect({ kind: 'rejected', rejection });
  state.out.reply({ kind: 'immediate', rejection, grpc: state.head.grpc });
}

/** Gives the request up in favour of its response; the body message in hand still gets its reply. */
function abandon(state: RequestState): void {
  if (state.step === 'body' && !state.trailersArrived) {
    state.out.reply({ kind: 'request-body', headers: undefined, body: { kind: 'keep' } });
  }
  state.step = 'abandoned';
}

/** Reports a message that no order of the protocol allows; the stream goes on. */
export function violation(state: RequestState, problem: string): void {
  state.out.effect({ kind: 'protocol-error', problem });
}
