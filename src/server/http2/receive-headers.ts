import { headOf, readBlock } from './block-reader.ts';
import { howClosed, noteClosed } from './closed-streams.ts';
import type { Connection } from './connection.ts';
import { faultStream } from './connection.ts';
import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import type { FrameHeader } from './frame.ts';
import { Flag } from './frame.ts';
import { writeReset } from './frame-writer.ts';
import type { HeaderBlock } from './header-block.ts';
import { beginBlock, blockBytes, continueBlock } from './header-block.ts';
import { LIMITS, WINDOWS } from './limits.ts';
import { countBody, endAfterReset, finishRequest } from './receive-data.ts';
import type { RequestHead } from './request-head.ts';
import { trailersProblem } from './request-head.ts';
import type { Http2Stream } from './stream.ts';
import { createStream } from './stream.ts';
import { spend } from './token-bucket.ts';

/** Takes HEADERS (RFC 9113 §6.2). */
export function receiveHeaders<Owner>(
  connection: Connection<Owner>,
  header: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  if (header.streamId % 2 === 0)
    return fault(ErrorCode.protocolError, 'HEADERS on a stream that no client opens');
  const block = beginBlock(header, payload);
  if ('code' in block) return block;
  return advance(connection, header, block);
}

/** Takes CONTINUATION; that its block is open was seen at its header (RFC 9113 §6.10). */
export function receiveContinuation<Owner>(
  connection: Connection<Owner>,
  header: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  const { block } = connection;
  if (block === undefined) return fault(ErrorCode.protocolError, 'CONTINUATION without HEADERS');
  return continueBlock(block, payload) ?? advance(connection, header, block);
}

function advance<Owner>(
  connection: Connection<Owner>,
  { flags }: FrameHeader,
  block: HeaderBlock,
): Fault | undefined {
  connection.block = (flags & Flag.endHeaders) === 0 ? block : undefined;
  return connection.block === undefined ? finish(connection, block) : undefined;
}

/** Every block is decoded, also one that nobody wants: the tables of both sides have to agree (§4.3). */
function finish<Owner>(connection: Connection<Owner>, block: HeaderBlock): Fault | undefined {
  const problem = readBlock(connection.blockReader, blockBytes(block));
  if (problem !== undefined) return fault(ErrorCode.compressionError, problem);
  const stream = connection.streams.get(block.streamId);
  if (stream !== undefined) return takeTrailers(connection, stream, block);
  if (block.streamId <= connection.lastStreamId) return headersAfterClose(connection, block.streamId);
  connection.lastStreamId = block.streamId;
  return open(connection, block);
}

function open<Owner>(connection: Connection<Owner>, block: HeaderBlock): Fault | undefined {
  const { streamId } = block;
  if (connection.shutdown === 'final' || connection.streams.size >= connection.maxStreams) {
    return refuse(connection, streamId);
  }
  if (connection.blockReader.builder.listBytes > LIMITS.headerListBytes)
    return faultStream(connection, streamId, ErrorCode.enhanceYourCalm);
  const head = headOf(connection.blockReader);
  if (typeof head === 'string' || block.selfDependent) {
    return faultStream(connection, streamId, ErrorCode.protocolError);
  }
  return start(connection, block, head);
}

function start<Owner>(
  connection: Connection<Owner>,
  { streamId, endStream }: HeaderBlock,
  head: RequestHead,
): Fault | undefined {
  const windows = { send: connection.peer.initialWindowBytes, receive: WINDOWS.streamBytes };
  const stream = createStream<Owner>(streamId, windows);
  stream.bodyRemaining = head.contentLength ?? -1;
  if (endStream && !countBody(stream, 0, true))
    return faultStream(connection, streamId, ErrorCode.protocolError);
  stream.remoteEnded = endStream;
  connection.streams.add(stream);
  connection.handlers.onRequest(connection, stream, head);
  if (endStream) finishRequest(connection, stream);
  return undefined;
}

/** A stream that was not processed may be tried again elsewhere (RFC 9113 §8.7); it costs the peer a reset. */
function refuse<Owner>(connection: Connection<Owner>, streamId: number): Fault | undefined {
  if (!spend(connection.resets, connection.now)) return fault(ErrorCode.enhanceYourCalm, 'too many streams');
  writeReset(connection.output, streamId, ErrorCode.refusedStream);
  noteClosed(connection.closed, streamId, 'reset');
  return undefined;
}

/** Trailers end the request (RFC 9113 §8.1); gRPC requests have none, so their fields are dropped. */
function takeTrailers<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  block: HeaderBlock,
): Fault | undefined {
  const { builder } = connection.blockReader;
  if (stream.remoteEnded) return faultStream(connection, stream.id, ErrorCode.streamClosed);
  const wrong = !block.endStream || block.selfDependent || builder.listBytes > LIMITS.headerListBytes;
  if (wrong || trailersProblem(builder) !== undefined || !countBody(stream, 0, true)) {
    return faultStream(connection, stream.id, ErrorCode.protocolError);
  }
  stream.remoteEnded = true;
  finishRequest(connection, stream);
  return undefined;
}

/** Trailers may cross our reset; otherwise a stream is used again, or out of order (RFC 9113 §5.1, §5.1.1). */
function headersAfterClose<Owner>(connection: Connection<Owner>, streamId: number): Fault | undefined {
  switch (howClosed(connection.closed, streamId)) {
    case 'reset':
      return endAfterReset(connection);
    case 'ended':
      return fault(ErrorCode.streamClosed, 'HEADERS on a closed stream');
    case 'forgotten':
      return fault(ErrorCode.protocolError, 'a new stream with a lower number than the last');
  }
}
