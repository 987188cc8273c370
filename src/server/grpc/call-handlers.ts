import { keepPiece } from '../../core/keep-piece.ts';
import type { ByteBudget, ConnectionHandlers } from '../http2/connection.ts';
import type { RequestHead } from '../http2/request-head.ts';
import { fieldOf } from '../http2/request-head.ts';
import { endWithoutTrailers, sendData, sendHeaders } from '../http2/send.ts';
import type { Method } from '../method.ts';
import type { GrpcStatus } from '../status.ts';
import { StatusCode } from '../status.ts';
import type { TimerWheel } from '../timer-wheel.ts';
import type { GrpcCall } from './grpc-call.ts';
import { callPort, createGrpcCall, endCall } from './grpc-call.ts';
import type { MessageFault } from './message-reader.ts';
import { atBoundary, nextMessage, offer, PREFIX_BYTES, setAside } from './message-reader.ts';
import { plainHeaders } from './responses.ts';
import { parseTimeout } from './timeout.ts';

/** What calls need of their server. */
export interface CallOptions {
  /** Bytes of the largest message that is accepted. */
  readonly maxReceiveBytes: number;
  readonly budget: ByteBudget;
  readonly wheel: TimerWheel;
  /** A fault of Serin's own, which cost one call. */
  readonly onFault: (error: unknown) => void;
}

/** Creates what turns HTTP/2 requests into calls of `methods`, and their bodies into messages. */
export function createCallHandlers(
  methods: readonly Method[],
  options: CallOptions,
): ConnectionHandlers<GrpcCall> {
  const byPath = new Map(methods.map((method) => [method.path, method]));
  const prefix = new Uint8Array(PREFIX_BYTES);

  /** One of the boundaries where an error is caught: a fault costs this call and no other. */
  function guard(call: GrpcCall, work: (call: GrpcCall) => void): void {
    try {
      work(call);
    } catch (error) {
      options.onFault(error);
      endCall(call, { code: StatusCode.internal, message: 'internal error' });
    }
  }

  function begin(call: GrpcCall): void {
    const method = byPath.get(call.head.path);
    if (method === undefined) return endCall(call, unimplemented(`no method ${call.head.path}`));
    const timeout = fieldOf(call.head, 'grpc-timeout');
    if (timeout !== undefined && !setDeadline(call, timeout, options.wheel)) {
      return endCall(call, { code: StatusCode.internal, message: 'grpc-timeout is no time' });
    }
    call.handlers = method.accept(callPort(call));
    // Accepting it may have ended it, and closed its stream before there was anybody to tell.
    if (call.closed) close(call);
  }

  function deliver(call: GrpcCall): void {
    for (let message = next(call); message !== undefined; message = next(call)) {
      if (typeof message === 'string') return endCall(call, faultStatus(message, call, options));
      call.handlers?.onMessage(message);
    }
    if (call.halfClosing && mayRead(call)) halfClose(call);
    account(call, options.budget);
  }

  /** The next message of all that has come in, for as long as the peer takes the replies. */
  function next(call: GrpcCall): Uint8Array | MessageFault | undefined {
    while (mayRead(call)) {
      const message = nextMessage(call.reader, options.maxReceiveBytes);
      if (message !== undefined || !nextSlice(call)) return message;
    }
    return undefined;
  }

  return {
    onRequest: (connection, stream, head) => {
      const call = createGrpcCall(connection, stream, { head, prefix });
      stream.owner = call;
      account(call, options.budget);
      if (call.ended) return;
      if (isGrpc(head)) guard(call, begin);
      else call.plain = true;
    },
    onData: (stream, bytes) => {
      const call = stream.owner;
      if (call === undefined || call.ended || call.plain) return;
      if (!offerAtOnce(call, bytes)) keepForLater(call, bytes);
      guard(call, deliver);
    },
    onDrained: (stream) => {
      if (stream.owner !== undefined) guard(stream.owner, deliver);
    },
    onEnd: (stream) => {
      const call = stream.owner;
      if (call === undefined || call.ended) return;
      call.halfClosing = true;
      if (call.plain) answerPlainly(call);
      else guard(call, deliver);
    },
    onClose: (stream) => {
      const call = stream.owner;
      if (call === undefined) return;
      call.ended = true;
      call.closed = true;
      call.deadline?.disarm();
      options.budget.release(call.reservedBytes);
      guard(call, close);
    },
  };
}

function mayRead({ ended, stream }: GrpcCall): boolean {
  return !ended && stream.pendingBytes === 0;
}

function halfClose(call: GrpcCall): void {
  call.halfClosing = false;
  if (atBoundary(call.reader)) call.handlers?.onHalfClose();
  else endCall(call, { code: StatusCode.internal, message: 'the request ends inside a message' });
}

function close(call: GrpcCall): void {
  call.handlers?.onClose();
}

/** False if the text is no timeout. */
function setDeadline(call: GrpcCall, text: string, wheel: TimerWheel): boolean {
  const timeoutMs = parseTimeout(text);
  if (timeoutMs === undefined) return false;
  call.deadline = wheel.timer(() =>
    endCall(call, { code: StatusCode.deadlineExceeded, message: 'deadline exceeded' }),
  );
  call.deadline.arm(timeoutMs);
  return true;
}

/** Nearly every slice finds a call that waits for it, and takes no way through the backlog. */
function offerAtOnce(call: GrpcCall, bytes: Uint8Array): boolean {
  const { reader, backlog } = call;
  if (!mayRead(call) || backlog.length > 0 || reader.at < reader.slice.length) return false;
  offer(reader, bytes);
  return true;
}

function keepForLater(call: GrpcCall, bytes: Uint8Array): void {
  if (mayRead(call)) call.backlog.push(bytes);
  else keepPiece(call.backlog, bytes);
  call.backlogBytes += bytes.length;
}

/** False if there is none. */
function nextSlice(call: GrpcCall): boolean {
  const slice = call.backlog.shift();
  if (slice === undefined) return false;
  call.backlogBytes -= slice.length;
  offer(call.reader, slice);
  return true;
}

/** Every call keeps its head; what one has beyond so many bytes counts, and the others --max-streams bounds. */
const USUAL_HEAD_BYTES = 4096;

/** What waits for its rest or for the reader of the replies counts against the budget; so does a long head. */
function account(call: GrpcCall, budget: ByteBudget): void {
  // A call that has ended gives all back when its stream closes, which may have happened by now.
  if (call.ended) return;
  const waiting = call.reader.heldBytes + setAside(call.reader) + call.backlogBytes;
  const change = waiting + Math.max(0, call.head.bytes - USUAL_HEAD_BYTES) - call.reservedBytes;
  if (change > 0 && !budget.reserve(change)) {
    return endCall(call, { code: StatusCode.resourceExhausted, message: 'too many bytes are held' });
  }
  if (change < 0) budget.release(-change);
  call.reservedBytes += change;
}

function faultStatus(fault: MessageFault, { head }: GrpcCall, { maxReceiveBytes }: CallOptions): GrpcStatus {
  switch (fault) {
    case 'compressed':
      return compressedStatus(fieldOf(head, 'grpc-encoding') ?? 'identity');
    case 'unknown-flag':
      return { code: StatusCode.internal, message: 'a message with an unknown flag' };
    case 'too-large':
      return {
        code: StatusCode.resourceExhausted,
        message: `a message of more than ${maxReceiveBytes} bytes`,
      };
  }
}

/** Without an encoding a message cannot be compressed (gRPC, compression.md, test case 5). */
function compressedStatus(encoding: string): GrpcStatus {
  if (encoding !== 'identity') return unimplemented(`no grpc-encoding but identity: ${encoding}`);
  return { code: StatusCode.internal, message: 'a compressed message without a grpc-encoding' };
}

function unimplemented(message: string): GrpcStatus {
  return { code: StatusCode.unimplemented, message };
}

/** `application/grpc`, also with a codec's name behind it (gRPC over HTTP/2, Content-Type). */
function isGrpc(head: RequestHead): boolean {
  const type = fieldOf(head, 'content-type');
  // Proxies send it bare, and an expression costs several times the comparison.
  if (head.method !== 'POST' || type === 'application/grpc') return head.method === 'POST';
  return /^application\/grpc([+;]|$)/.test(type ?? '');
}

const PLAIN_ANSWER = Buffer.from('This port speaks gRPC.\n');

/** Answers somebody who came to the wrong port once all of the request is there; its body is dropped. */
function answerPlainly({ connection, stream, head }: GrpcCall): void {
  const { method } = head;
  sendHeaders(connection, stream, plainHeaders(method === 'POST' ? '415' : '405', PLAIN_ANSWER.length));
  if (method !== 'HEAD') sendData(connection, stream, [PLAIN_ANSWER]);
  endWithoutTrailers(connection, stream);
}
