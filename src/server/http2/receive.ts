import type { Connection } from './connection.ts';
import { failConnection } from './connection.ts';
import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import type { FrameHeader } from './frame.ts';
import { Flag, FrameType } from './frame.ts';
import type { DataPiece, FrameReader } from './frame-reader.ts';
import { createFrameReader, readFrames } from './frame-reader.ts';
import { WINDOWS } from './limits.ts';
import {
  receiveGoaway,
  receivePing,
  receivePriority,
  receiveReset,
  receiveSettings,
  receiveWindowUpdate,
} from './receive-control.ts';
import { receiveData } from './receive-data.ts';
import { receiveContinuation, receiveHeaders } from './receive-headers.ts';
import { spend } from './token-bucket.ts';

/**
 * After so many pieces of DATA with something to send, it is sent: what comes in while nobody could read, such as during
 * a collection, can be dozens of requests in one chunk, and the answer to the first should not wait for all of them. One
 * or two requests are answered in one write.
 */
const MOST_UNSENT = 4;

/**
 * Creates what feeds the bytes of the socket to a connection; a fault ends it with GOAWAY. `send` is called in the
 * midst of a chunk that has much to answer; its end is for the caller.
 */
export function createReceiver<Owner>(
  connection: Connection<Owner>,
  send: () => void,
): (chunk: Uint8Array) => void {
  let unsent = 0;
  function onData(streamId: number, piece: DataPiece): Fault | undefined {
    const problem = receiveData(connection, streamId, piece);
    unsent = connection.output.bytes > 0 ? unsent + 1 : 0;
    if (unsent >= MOST_UNSENT) {
      unsent = 0;
      send();
    }
    return problem;
  }
  const reader: FrameReader = createFrameReader({
    onHeader: (header) => checkHeader(connection, header),
    onData,
    onFrame: (header, payload) => receiveFrame(connection, header, payload),
  });
  return (chunk) => {
    if (connection.failed !== undefined) return;
    unsent = 0;
    connection.reading = true;
    const problem = readFrames(reader, chunk);
    if (problem !== undefined) failConnection(connection, problem);
    connection.reading = false;
  };
}

/** What can be said of a frame before its payload (RFC 9113 §3.4, §4.2, §4.3, §6). */
function checkHeader<Owner>(connection: Connection<Owner>, header: FrameHeader): Fault | undefined {
  const { type, flags, length } = header;
  if (!connection.settingsReceived && (type !== FrameType.settings || (flags & Flag.ack) !== 0)) {
    return fault(ErrorCode.protocolError, 'the first frame is not SETTINGS');
  }
  if (length > WINDOWS.frameBytes)
    return fault(ErrorCode.frameSizeError, 'a frame above SETTINGS_MAX_FRAME_SIZE');
  if (connection.block !== undefined || type === FrameType.continuation)
    return checkContinuation(connection, header);
  if (type === FrameType.data) return undefined;
  return checkControl(connection, header);
}

/** Nothing may come between the frames of a header block (RFC 9113 §4.3). */
function checkContinuation<Owner>(
  { block }: Connection<Owner>,
  { type, streamId }: FrameHeader,
): Fault | undefined {
  if (type !== FrameType.continuation || block?.streamId !== streamId) {
    return fault(ErrorCode.protocolError, 'a header block is cut off, or goes on without a begin');
  }
  return undefined;
}

const IDLE_TYPES: ReadonlySet<number> = new Set([FrameType.ping, FrameType.priority, FrameType.goaway]);
const CONNECTION_TYPES: ReadonlySet<number> = new Set([FrameType.settings, FrameType.ping, FrameType.goaway]);

function checkControl<Owner>(
  connection: Connection<Owner>,
  { type, streamId }: FrameHeader,
): Fault | undefined {
  const unknown = type > FrameType.continuation;
  if ((unknown || IDLE_TYPES.has(type)) && !spend(connection.idleFrames, connection.now)) {
    return fault(ErrorCode.enhanceYourCalm, 'too many frames without a purpose');
  }
  if (unknown) return undefined;
  if (CONNECTION_TYPES.has(type) && streamId !== 0) {
    return fault(ErrorCode.protocolError, 'a frame of the connection on a stream');
  }
  return undefined;
}

function receiveFrame<Owner>(
  connection: Connection<Owner>,
  header: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  switch (header.type) {
    case FrameType.headers:
      return receiveHeaders(connection, header, payload);
    case FrameType.continuation:
      return receiveContinuation(connection, header, payload);
    case FrameType.rstStream:
      return receiveReset(connection, header, payload);
    case FrameType.windowUpdate:
      return receiveWindowUpdate(connection, header, payload);
    case FrameType.settings:
      return receiveSettings(connection, header, payload);
    case FrameType.ping:
      return receivePing(connection, header, payload);
    case FrameType.goaway:
      return receiveGoaway(connection, payload);
    case FrameType.priority:
      return receivePriority(connection, header, payload);
    default:
      return fault(ErrorCode.protocolError, 'PUSH_PROMISE from a client');
  }
}
