import type { Connection } from '../http2/connection.ts';
import type { RequestHead } from '../http2/request-head.ts';
import { fieldOf } from '../http2/request-head.ts';
import { sendHeaders, sendPrefixed, sendTrailers } from '../http2/send.ts';
import type { Http2Stream } from '../http2/stream.ts';
import type { Call, CallHandlers } from '../method.ts';
import type { GrpcStatus } from '../status.ts';
import { OK } from '../status.ts';
import type { Timer } from '../timer-wheel.ts';
import type { MessageReader } from './message-reader.ts';
import { createMessageReader } from './message-reader.ts';
import { RESPONSE_HEADERS, trailersOf, trailersOnly } from './responses.ts';

/** A gRPC call on an HTTP/2 stream, which keeps it as its owner. */
export interface GrpcCall {
  readonly stream: Http2Stream<GrpcCall>;
  readonly connection: Connection<GrpcCall>;
  readonly head: RequestHead;
  /** Where the prefix of each message is written; all calls share it, since it is copied at once. */
  readonly prefix: Uint8Array;
  readonly reader: MessageReader;
  handlers: CallHandlers<Uint8Array> | undefined;
  /** No gRPC at all: its body is dropped, and a status of HTTP is the answer. */
  plain: boolean;
  /** Set if the client gave a deadline. */
  deadline: Timer | undefined;
  /** Slices that came while replies waited for a slow reader; nothing more is read from such a call. */
  readonly backlog: Uint8Array[];
  backlogBytes: number;
  /** The peer has sent everything, and its method does not know yet. */
  halfClosing: boolean;
  /** What a long head, the unfinished message and the backlog hold of the budget. */
  reservedBytes: number;
  headersSent: boolean;
  /** A status was sent, or the stream has closed: nothing more comes in or goes out. */
  ended: boolean;
  /** Its stream has closed. */
  closed: boolean;
}

/** Creates the call of a request. */
export function createGrpcCall(
  connection: Connection<GrpcCall>,
  stream: Http2Stream<GrpcCall>,
  { head, prefix }: Pick<GrpcCall, 'head' | 'prefix'>,
): GrpcCall {
  return {
    stream,
    connection,
    head,
    prefix,
    reader: createMessageReader(),
    handlers: undefined,
    plain: false,
    deadline: undefined,
    backlog: [],
    backlogBytes: 0,
    halfClosing: false,
    reservedBytes: 0,
    headersSent: false,
    ended: false,
    closed: false,
  };
}

/** The call as a method sees it. */
export function callPort(call: GrpcCall): Call<readonly Uint8Array[]> {
  return {
    send: (pieces) => sendMessage(call, pieces),
    end: (status) => endCall(call, status ?? OK),
    metadata: (key) => fieldOf(call.head, key),
    authority: call.head.authority,
  };
}

function sendMessage(call: GrpcCall, pieces: readonly Uint8Array[]): void {
  if (call.ended) return;
  if (!call.headersSent) {
    call.headersSent = true;
    sendHeaders(call.connection, call.stream, RESPONSE_HEADERS);
  }
  writePrefix(call.prefix, pieces);
  sendPrefixed(call.connection, call.stream, { prefix: call.prefix, parts: pieces });
}

/** What stands before a message that is not compressed. */
function writePrefix(prefix: Uint8Array, pieces: readonly Uint8Array[]): void {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  prefix[0] = 0;
  prefix[1] = length >>> 24;
  prefix[2] = length >>> 16;
  prefix[3] = length >>> 8;
  prefix[4] = length;
}

/** Ends the call with a status, after all messages; a call ends once. */
export function endCall(call: GrpcCall, status: GrpcStatus): void {
  if (call.ended) return;
  call.ended = true;
  sendTrailers(call.connection, call.stream, call.headersSent ? trailersOf(status) : trailersOnly(status));
}
