import type { Decision, PickRequest } from '../core/decision.ts';
import type { StreamOrigin } from '../core/find-pool.ts';
import { reject } from '../core/rejection.ts';
import type { BodyMode, ModeHints } from '../extproc/body-mode.ts';
import { parseBodyMode } from '../extproc/body-mode.ts';
import type { DecisionMetadata } from '../extproc/decision-metadata.ts';
import { decode } from '../extproc/decode.ts';
import { createEncoder } from '../extproc/encode.ts';
import { createExchange } from '../extproc/exchange.ts';
import type { RequestHead } from '../extproc/inbound.ts';
import { BODY_MODE_METADATA, POOL_METADATA, RESPONSE_BODY_MODE_METADATA } from '../extproc/keys.ts';
import type { Awaiting, Effect, Reply, StreamEvent } from '../extproc/outcome.ts';
import type { BodyLimits } from '../extproc/request-body.ts';
import type { Hold } from '../extproc/request-state.ts';
import type { WireRequest } from '../extproc/wire.ts';
import type { StreamTimeouts } from './deadline.ts';
import { createDeadline } from './deadline.ts';
import type { ExtProcCall, ExtProcService } from './ext-proc-call.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** What a stream tells the rest of the process. */
export interface StreamObserver {
  /** When the stream opened, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** The request's headers, before anything is made of them. */
  readonly began: (head: RequestHead) => void;
  /** Whether the request's decision has to be explained. */
  readonly explains: () => boolean;
  readonly effect: (effect: Effect) => void;
  /** What the stream still waited for when it ended; a caller that got all its replies ends at `nothing`. */
  readonly closed: (awaiting: Awaiting) => void;
}

/** How a decision is asked for. */
export interface Asked {
  readonly origin: StreamOrigin;
  readonly depth: 'plain' | 'explained';
}

/** What the stream adapter is built from. */
export interface StreamDeps {
  readonly decide: (request: PickRequest, asked: Asked) => Decision | Hold;
  readonly describe: DecisionMetadata;
  readonly limits: BodyLimits;
  /** In full duplex: send on as soon as the model is known. */
  readonly cutThrough: boolean;
  readonly injectIncludeUsage: boolean;
  readonly maxStreams: number;
  /** Whether clients are told how their requests were decided, if they ask. */
  readonly debugHeader: boolean;
  readonly bodyMode: BodyMode | undefined;
  readonly responseBodyMode: BodyMode | undefined;
  readonly timeouts: StreamTimeouts;
  readonly wheel: TimerWheel;
  /** Called once per stream, before its first message; `resume` lets a held request go on. */
  readonly observe: (resume: (decision: Decision) => void) => StreamObserver;
  /** A fault of Serin's own; the stream is answered with `internal`. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Creates the ExternalProcessor service: each call carries one exchange. Events come as calls, not through
 * an async iterator: this is the hot path, and per-request state has to be freed on close, never on end.
 */
export function createExtProcService(deps: StreamDeps): ExtProcService {
  const { limits, cutThrough, injectIncludeUsage, debugHeader } = deps;
  const encode = createEncoder(deps.describe);
  let openStreams = 0;
  return (call) => {
    const refusal =
      openStreams < deps.maxStreams
        ? undefined
        : reject('too_many_streams', `more than ${deps.maxStreams} requests are open (--max-streams)`);
    openStreams += 1;
    const observer = deps.observe((decision) => receive({ kind: 'released', decision }));
    const origin = { pool: call.metadata(POOL_METADATA), authority: call.authority };
    const decide = (request: PickRequest) =>
      deps.decide(request, { origin, depth: observer.explains() ? 'explained' : 'plain' });
    const hints = modeHints(deps, call);
    const exchange = createExchange({
      decide,
      limits,
      cutThrough,
      injectIncludeUsage,
      debugHeader,
      refusal,
      hints,
    });
    let awaiting: Awaiting = 'nothing';
    const wait = createDeadline(deps.wheel, deps.timeouts, () => receive({ kind: 'deadline' }));

    function send(reply: Reply): void {
      call.send(encode(reply, observer.startedAtMs));
    }

    function failed(error: unknown): void {
      deps.onFault(error);
      const rejection = reject('internal', 'internal error');
      observer.effect({ kind: 'rejected', rejection });
      send({ kind: 'immediate', rejection, grpc: false });
    }

    /** One of the boundaries where an error is caught: a fault costs this stream and no other. */
    function receive(event: StreamEvent): void {
      try {
        advance(event);
      } catch (error) {
        failed(error);
      }
    }

    function advance(event: StreamEvent): void {
      const outcome = exchange.receive(event);
      for (const effect of outcome.effects) observer.effect(effect);
      for (const reply of outcome.replies) send(reply);
      awaiting = outcome.awaiting;
      wait(awaiting);
    }

    /** The same boundary, without a closure for each message. */
    function take(wire: WireRequest): void {
      try {
        const message = decode(wire);
        if (message.kind === 'request-headers') observer.began(message.head);
        advance({ kind: 'message', message });
      } catch (error) {
        failed(error);
      }
    }

    return {
      onMessage: take,
      onHalfClose: () => call.end(),
      onClose: () => {
        const endedAt = awaiting;
        openStreams -= 1;
        receive({ kind: 'closed' });
        wait('nothing');
        observer.closed(endedAt);
      },
    };
  };
}

function modeHints(deps: StreamDeps, call: ExtProcCall): ModeHints {
  return {
    metadata: metadataMode(call, BODY_MODE_METADATA),
    responseMetadata: metadataMode(call, RESPONSE_BODY_MODE_METADATA),
    flag: deps.bodyMode,
    responseFlag: deps.responseBodyMode,
  };
}

function metadataMode(call: ExtProcCall, key: string): BodyMode | undefined {
  const text = call.metadata(key);
  return text === undefined ? undefined : parseBodyMode(text);
}
