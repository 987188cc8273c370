import type { BlockReader } from './block-reader.ts';
import { createBlockReader } from './block-reader.ts';
import type { ClosedStreams } from './closed-streams.ts';
import { createClosedStreams, noteClosed } from './closed-streams.ts';
import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import { writeGoaway, writeReset, writeSettings, writeWindowUpdate } from './frame-writer.ts';
import type { HeaderBlock } from './header-block.ts';
import { LIMITS, WINDOWS } from './limits.ts';
import type { Output } from './output.ts';
import { createOutput } from './output.ts';
import type { RequestHead } from './request-head.ts';
import type { PeerSettings } from './settings.ts';
import { DEFAULT_WINDOW_BYTES, defaultPeerSettings, MAX_31_BITS, SettingId } from './settings.ts';
import type { Http2Stream } from './stream.ts';
import type { StreamTable } from './stream-table.ts';
import { createStreamTable } from './stream-table.ts';
import type { TokenBucket } from './token-bucket.ts';
import { createTokenBucket, spend } from './token-bucket.ts';

/** What a connection tells the layer above; the same functions for all streams. */
export interface ConnectionHandlers<Owner> {
  /** A request has begun; the body follows unless the stream's `remoteEnded` is set. */
  readonly onRequest: (connection: Connection<Owner>, stream: Http2Stream<Owner>, head: RequestHead) => void;
  /** A slice of the body, of a buffer that is not written again; it may be empty with the end. */
  readonly onData: (stream: Http2Stream<Owner>, bytes: Uint8Array) => void;
  /** All that waited for the peer's windows has left. */
  readonly onDrained: (stream: Http2Stream<Owner>) => void;
  /** The peer has sent all of the request. */
  readonly onEnd: (stream: Http2Stream<Owner>) => void;
  /** Exactly once for each request, however the stream ended; the stream is closed by then. */
  readonly onClose: (stream: Http2Stream<Owner>) => void;
}

/** Memory that all connections share, for what cannot be sent or read on yet. */
export interface ByteBudget {
  readonly reserve: (bytes: number) => boolean;
  readonly release: (bytes: number) => void;
}

/** What a connection is built from. */
export interface ConnectionOptions<Owner> {
  readonly handlers: ConnectionHandlers<Owner>;
  /** SETTINGS_MAX_CONCURRENT_STREAMS. */
  readonly maxStreams: number;
  readonly budget: ByteBudget;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** There is output, and no read is going on that would be followed by a write. */
  readonly wake: () => void;
  /** The peer has acknowledged a PING. */
  readonly onPong: () => void;
}

/** A server's side of an HTTP/2 connection: the state that the functions of this folder work on. */
export interface Connection<Owner> extends ConnectionOptions<Owner> {
  readonly output: Output;
  readonly streams: StreamTable<Owner>;
  readonly closed: ClosedStreams;
  /** The highest stream that the peer has opened. */
  lastStreamId: number;
  readonly peer: PeerSettings;
  settingsReceived: boolean;
  sendWindow: number;
  receiveWindow: number;
  /** Streams with pending data whose own window is empty, and those that wait for the connection. */
  readonly stalled: Set<Http2Stream<Owner>>;
  readonly waiting: Set<Http2Stream<Owner>>;
  /** Bytes that the socket has not sent yet. */
  backlogBytes: number;
  /** The header block that is not complete yet. */
  block: HeaderBlock | undefined;
  readonly blockReader: BlockReader;
  readonly resets: TokenBucket;
  readonly provokedResets: TokenBucket;
  readonly windowUpdates: TokenBucket;
  readonly settingsFrames: TokenBucket;
  readonly idleFrames: TokenBucket;
  /** How far a shutdown has come: to the first of its two GOAWAY frames, or to the second. */
  shutdown: 'none' | 'announced' | 'final';
  /** The last stream that a GOAWAY has named; a later one may not name a higher one (RFC 9113 §6.8). */
  goawayStreamId: number;
  peerGoingAway: boolean;
  /** The fault that ended the connection. */
  failed: Fault | undefined;
  /** Inside a read: output leaves when it ends. */
  reading: boolean;
}

/** Creates a connection, with our SETTINGS as its first output (RFC 9113 §3.4). */
export function createConnection<Owner>(options: ConnectionOptions<Owner>): Connection<Owner> {
  const nowMs = options.now();
  const connection: Connection<Owner> = {
    ...options,
    output: createOutput(),
    streams: createStreamTable(),
    closed: createClosedStreams(),
    lastStreamId: 0,
    peer: defaultPeerSettings(),
    settingsReceived: false,
    sendWindow: DEFAULT_WINDOW_BYTES,
    receiveWindow: WINDOWS.connectionBytes,
    stalled: new Set(),
    waiting: new Set(),
    backlogBytes: 0,
    block: undefined,
    blockReader: createBlockReader(),
    resets: createTokenBucket(LIMITS.resets, nowMs),
    provokedResets: createTokenBucket(LIMITS.provokedResets, nowMs),
    windowUpdates: createTokenBucket(LIMITS.windowUpdates, nowMs),
    settingsFrames: createTokenBucket(LIMITS.settings, nowMs),
    idleFrames: createTokenBucket(LIMITS.idleFrames, nowMs),
    shutdown: 'none',
    goawayStreamId: MAX_31_BITS,
    peerGoingAway: false,
    failed: undefined,
    reading: false,
  };
  writeSettings(connection.output, [
    [SettingId.maxConcurrentStreams, options.maxStreams],
    [SettingId.initialWindowSize, WINDOWS.streamBytes],
    [SettingId.maxHeaderListSize, LIMITS.headerListBytes],
  ]);
  writeWindowUpdate(connection.output, 0, WINDOWS.connectionBytes - DEFAULT_WINDOW_BYTES);
  return connection;
}

/** Ends the connection with GOAWAY and every stream with it (RFC 9113 §5.4.1). */
export function failConnection<Owner>(connection: Connection<Owner>, problem: Fault): void {
  if (connection.failed !== undefined) return;
  connection.failed = problem;
  sayGoodbye(connection, problem);
  closeAllStreams(connection);
  wake(connection);
}

/** The GOAWAY that names the last stream; those that were refused after an earlier one do not count. */
function sayGoodbye<Owner>(connection: Connection<Owner>, { code, reason }: Fault): void {
  connection.goawayStreamId = Math.min(connection.goawayStreamId, connection.lastStreamId);
  writeGoaway(connection.output, { lastStreamId: connection.goawayStreamId, code, reason });
}

/** Closes what is open without a word to the peer, whose socket is gone or about to be. */
export function closeAllStreams<Owner>(connection: Connection<Owner>): void {
  for (const stream of connection.streams.values()) closeStream(connection, stream, 'ended');
}

/** Ends one stream with RST_STREAM (RFC 9113 §5.4.2); nothing happens if it is closed. */
export function resetStream<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  code: ErrorCode,
): void {
  if (connection.streams.get(stream.id) !== stream) return;
  writeReset(connection.output, stream.id, code);
  closeStream(connection, stream, stream.remoteEnded ? 'ended' : 'reset');
  wake(connection);
}

/** Ends a stream because of the peer's fault; too many of those are an attack (made-you-reset). */
export function faultStream<Owner>(
  connection: Connection<Owner>,
  streamId: number,
  code: ErrorCode,
): Fault | undefined {
  if (!spend(connection.provokedResets, connection.now)) {
    return fault(ErrorCode.enhanceYourCalm, 'too many faulty streams');
  }
  const stream = connection.streams.get(streamId);
  if (stream !== undefined) {
    resetStream(connection, stream, code);
    return undefined;
  }
  writeReset(connection.output, streamId, code);
  noteClosed(connection.closed, streamId, 'reset');
  return undefined;
}

/** Forgets a stream, and tells the layer above. */
export function closeStream<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  how: 'ended' | 'reset',
): void {
  if (!connection.streams.delete(stream.id)) return;
  noteClosed(connection.closed, stream.id, how);
  if (stream.pendingBytes > 0) connection.budget.release(stream.pendingBytes);
  connection.stalled.delete(stream);
  connection.waiting.delete(stream);
  connection.handlers.onClose(stream);
}

/**
 * Begins a shutdown that loses no request: first a GOAWAY that forbids nothing, and once the peer has had time
 * to read it, one that names the last stream (RFC 9113 §6.8).
 */
export function announceShutdown<Owner>(connection: Connection<Owner>): void {
  if (connection.shutdown !== 'none' || connection.failed !== undefined) return;
  connection.shutdown = 'announced';
  writeGoaway(connection.output, {
    lastStreamId: MAX_31_BITS,
    code: ErrorCode.noError,
    reason: 'shutting down',
  });
  wake(connection);
}

/** Takes no further streams; the connection is over when those that are open have ended. */
export function finishShutdown<Owner>(connection: Connection<Owner>): void {
  if (connection.shutdown === 'final' || connection.failed !== undefined) return;
  connection.shutdown = 'final';
  sayGoodbye(connection, { code: ErrorCode.noError, reason: 'shutting down' });
  wake(connection);
}

/** Whether nothing is left to do but to send the output and to close the socket. */
export function isOver<Owner>(connection: Connection<Owner>): boolean {
  if (connection.failed !== undefined) return true;
  return (connection.shutdown === 'final' || connection.peerGoingAway) && connection.streams.size === 0;
}

/** Output outside of a read has to be asked for. */
export function wake<Owner>(connection: Connection<Owner>): void {
  if (!connection.reading) connection.wake();
}
