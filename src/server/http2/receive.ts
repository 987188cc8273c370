import type { Connection } from './connection.ts';
import { failConnection } from './connection.ts';
import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import type { FrameHeader } from './frame.ts';
import { Flag, FrameType } from './frame.ts';
import type { FrameReader } from './frame-reader.ts';
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

/** Creates what feeds the bytes of the socket to a connection; a fault ends it with GOAWAY. */
export function createReceiver<Owner>(connection: Connection<Owner>): (chunk: Uint8Array) => void {
  const reader: FrameReader = createFrameReader({
    onHeader: (header) => checkHeader(connection, header),
    onData: (streamId, piece) => receiveData(connection, streamId, piece),
    onFrame: (header, payload) => receiveFrame(connection, header, payload),
  });
  return (chunk) => {
    if (connection.failed !== undefined) return;
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
