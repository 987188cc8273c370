import type { Socket } from 'node:net';
import { openConnection } from './envoy-connection.ts';
import { FIRST_BLOCK, LATER_BLOCK } from './envoy-headers.ts';
import { type Exchange, judge, newExchange } from './exchange.ts';
import type { ExchangeBytes } from './exchange-bytes.ts';
import { FLAG, FRAME, frame, numberFrame } from './frames.ts';
import type { Lane, Outcome } from './lane.ts';
import { type ReplyMessage, readReplies } from './reply-reader.ts';
import { isSent, nextFrame } from './sending.ts';

/** A lane of ext_proc streams, which can hold the end of each body back. */
export interface ExtProcLane extends Lane {
  /** Streams that have sent everything up to what is held back. */
  readonly heldBack: () => number;
  /** Lets them send the rest. */
  readonly release: () => void;
}

/** What a lane carries. */
export interface ExtProcLaneOptions {
  readonly bytes: ExchangeBytes;
  /** How many of a request's last messages wait for `release`. */
  readonly held: number;
  readonly nowMs: () => number;
}

/** What Envoy 1.40 gives as the reason of its resets: INTERNAL_ERROR. */
const RESET_CODE = 2;
const DEFAULT_WINDOW_BYTES = 65_535;

/** Opens a lane on a connected socket; resolves once the server has said its settings. */
export function openExtProcLane(socket: Socket, options: ExtProcLaneOptions): Promise<ExtProcLane> {
  const { bytes, held, nowMs } = options;
  const exchanges = new Map<number, Exchange>();
  /** Those with something to send, served in turn. */
  const senders = new Set<Exchange>();
  const settings = Promise.withResolvers<void>();
  let nextStream = 1;
  let streamWindow = DEFAULT_WINDOW_BYTES;
  let window = DEFAULT_WINDOW_BYTES;
  let broken: string | undefined;

  function send(): void {
    for (let progressed = true; progressed; ) {
      progressed = false;
      for (const exchange of senders) if (sendFrame(exchange)) progressed = true;
    }
  }

  function sendFrame(exchange: Exchange): boolean {
    const next = nextFrame(exchange.sending, window);
    if (next === undefined) return false;
    const [head, slice] = next;
    window -= slice.length;
    connection.write(head);
    connection.write(slice);
    if (isSent(exchange.sending)) senders.delete(exchange);
    return true;
  }

  function sendUpTo(exchange: Exchange, end: number): void {
    exchange.sending.end = end;
    senders.add(exchange);
  }

  function finish(exchange: Exchange, outcome: Outcome): void {
    const { stream } = exchange.sending;
    if (!exchanges.delete(stream)) return;
    senders.delete(exchange);
    if (broken === undefined) connection.write(numberFrame({ type: FRAME.resetStream, stream }, RESET_CODE));
    exchange.onDone(outcome);
  }

  function onReply(exchange: Exchange, reply: ReplyMessage): void {
    const verdict = judge(exchange, reply);
    if (verdict.kind === 'wait') return;
    if (verdict.kind === 'request-answered') sendUpTo(exchange, bytes.messages.length);
    else finish(exchange, verdict);
  }

  function breakOff(reason: string): void {
    broken ??= reason;
    settings.reject(new Error(reason));
    for (const exchange of exchanges.values()) finish(exchange, { kind: 'failed', reason: broken });
  }

  const connection = openConnection(socket, {
    onData: (stream, piece) => {
      const exchange = exchanges.get(stream);
      if (exchange !== undefined) readReplies(exchange.replies, piece, (reply) => onReply(exchange, reply));
    },
    onEnd: (stream, reason) => {
      const exchange = exchanges.get(stream);
      if (exchange !== undefined) finish(exchange, { kind: 'failed', reason });
    },
    onWindow: (stream, added) => {
      if (stream === 0) window += added;
      else grow(exchanges.get(stream), added);
    },
    onInitialWindow: (size) => {
      streamWindow = size;
    },
    onSettings: () => settings.resolve(),
    onBroken: breakOff,
    onTurn: send,
  });

  function begin(onDone: (outcome: Outcome) => void): void {
    if (broken !== undefined) return onDone({ kind: 'failed', reason: broken });
    const id = nextStream;
    nextStream += 2;
    const exchange = newExchange({ bytes, startedMs: nowMs(), onDone }, { id, window: streamWindow, held });
    exchanges.set(id, exchange);
    senders.add(exchange);
    const block = id === 1 ? FIRST_BLOCK : LATER_BLOCK;
    connection.write(frame({ type: FRAME.headers, flags: FLAG.endHeaders, stream: id }, block));
  }

  const lane: ExtProcLane = {
    begin,
    flush: () => {
      send();
      connection.flush();
    },
    expire: (beforeMs) => {
      for (const exchange of exchanges.values()) {
        if (exchange.startedMs < beforeMs) finish(exchange, { kind: 'failed', reason: 'timed out' });
      }
    },
    close: () => socket.destroy(),
    heldBack: () => [...exchanges.values()].filter(({ sending }) => isSent(sending)).length,
    release: () => {
      for (const exchange of exchanges.values()) sendUpTo(exchange, bytes.messages.length - 1);
    },
  };
  return settings.promise.then(() => lane);
}

function grow(exchange: Exchange | undefined, bytes: number): void {
  if (exchange !== undefined) exchange.sending.window += bytes;
}
