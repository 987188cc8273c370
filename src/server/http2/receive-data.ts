import { howClosed } from './closed-streams.ts';
import type { Connection } from './connection.ts';
import { faultStream } from './connection.ts';
import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import type { DataPiece } from './frame-reader.ts';
import { writeWindowUpdate } from './frame-writer.ts';
import { WINDOWS } from './limits.ts';
import type { Http2Stream } from './stream.ts';
import { spend } from './token-bucket.ts';

/** Takes a piece of DATA (RFC 9113 §6.1). */
export function receiveData<Owner>(
  connection: Connection<Owner>,
  streamId: number,
  piece: DataPiece,
): Fault | undefined {
  if (streamId === 0) return fault(ErrorCode.protocolError, 'DATA on stream 0');
  if (piece.flowBytes === 0 && !piece.endStream && !spend(connection.idleFrames, connection.now)) {
    return fault(ErrorCode.enhanceYourCalm, 'too many empty frames');
  }
  connection.receiveWindow -= piece.flowBytes;
  if (connection.receiveWindow < 0)
    return fault(ErrorCode.flowControlError, 'more data than the connection may carry');
  creditConnection(connection);
  const stream = connection.streams.get(streamId);
  if (stream === undefined) return dataWithoutStream(connection, streamId, piece);
  if (stream.remoteEnded) return faultStream(connection, streamId, ErrorCode.streamClosed);
  return deliver(connection, stream, piece);
}

function deliver<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  { bytes, flowBytes, endStream }: DataPiece,
): Fault | undefined {
  stream.receiveWindow -= flowBytes;
  if (stream.receiveWindow < 0) return faultStream(connection, stream.id, ErrorCode.flowControlError);
  if (!countBody(stream, bytes.length, endStream)) {
    return faultStream(connection, stream.id, ErrorCode.protocolError);
  }
  if (endStream) stream.remoteEnded = true;
  if (bytes.length > 0) connection.handlers.onData(stream, bytes);
  if (endStream) finishRequest(connection, stream);
  else if (stream.pendingBytes === 0) creditStream(connection, stream);
  return undefined;
}

/** Tells that the request is whole, unless its data has already closed the stream. */
export function finishRequest<Owner>(connection: Connection<Owner>, stream: Http2Stream<Owner>): void {
  if (connection.streams.get(stream.id) === stream) connection.handlers.onEnd(stream);
}

/** False if the body is not as long as its content-length says (RFC 9113 §8.1.1). */
export function countBody<Owner>(stream: Http2Stream<Owner>, bytes: number, last: boolean): boolean {
  if (stream.bodyRemaining < 0) return true;
  if (bytes > stream.bodyRemaining) return false;
  stream.bodyRemaining -= bytes;
  return !last || stream.bodyRemaining === 0;
}

/** What was on its way when we reset a stream is of no interest; anything else is a fault (RFC 9113 §5.1). */
function dataWithoutStream<Owner>(
  connection: Connection<Owner>,
  streamId: number,
  { endStream }: DataPiece,
): Fault | undefined {
  if (streamId > connection.lastStreamId || streamId % 2 === 0) {
    return fault(ErrorCode.protocolError, 'DATA on an idle stream');
  }
  if (howClosed(connection.closed, streamId) === 'reset') {
    return endStream ? endAfterReset(connection) : undefined;
  }
  return faultStream(connection, streamId, ErrorCode.streamClosed);
}

/** The end of a request may cross our reset, but not more often than requests may be reset. */
export function endAfterReset<Owner>(connection: Connection<Owner>): Fault | undefined {
  if (spend(connection.resets, connection.now)) return undefined;
  return fault(ErrorCode.enhanceYourCalm, 'too many frames on streams that are closed');
}

/** Gives the peer its window back in few large updates, not one per frame (RFC 9113 §6.9.1). */
function creditConnection<Owner>(connection: Connection<Owner>): void {
  if (connection.receiveWindow > WINDOWS.connectionBytes / 2) return;
  writeWindowUpdate(connection.output, 0, WINDOWS.connectionBytes - connection.receiveWindow);
  connection.receiveWindow = WINDOWS.connectionBytes;
}

/** The same for a stream; one whose replies wait for a slow reader gets nothing until they have left. */
export function creditStream<Owner>(connection: Connection<Owner>, stream: Http2Stream<Owner>): void {
  if (stream.receiveWindow > WINDOWS.streamBytes / 2 || stream.remoteEnded) return;
  if (connection.streams.get(stream.id) !== stream) return;
  writeWindowUpdate(connection.output, stream.id, WINDOWS.streamBytes - stream.receiveWindow);
  stream.receiveWindow = WINDOWS.streamBytes;
}
