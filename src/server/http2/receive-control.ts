import type { Connection } from './connection.ts';
import { closeStream, faultStream } from './connection.ts';
import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import type { FrameHeader } from './frame.ts';
import { Flag } from './frame.ts';
import { writePing, writeSettingsAck } from './frame-writer.ts';
import { read31Bits } from './header-block.ts';
import { resume, resumeWaiting } from './send.ts';
import { MAX_31_BITS, readSettings } from './settings.ts';
import { spend } from './token-bucket.ts';

/** Takes SETTINGS (RFC 9113 §6.5); a change of the initial window moves the window of every stream (§6.9.2). */
export function receiveSettings<Owner>(
  connection: Connection<Owner>,
  { flags }: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  if (!spend(connection.settingsFrames, connection.now)) {
    return fault(ErrorCode.enhanceYourCalm, 'too many SETTINGS');
  }
  if ((flags & Flag.ack) !== 0) {
    return payload.length === 0
      ? undefined
      : fault(ErrorCode.frameSizeError, 'an acknowledgement with settings');
  }
  const { peer } = connection;
  const before = peer.initialWindowBytes;
  const problem = readSettings(peer, payload);
  if (problem !== undefined) return problem;
  connection.settingsReceived = true;
  writeSettingsAck(connection.output);
  return peer.initialWindowBytes === before
    ? undefined
    : moveWindows(connection, peer.initialWindowBytes - before);
}

function moveWindows<Owner>(connection: Connection<Owner>, change: number): Fault | undefined {
  for (const stream of connection.streams.values()) {
    stream.sendWindow += change;
    if (stream.sendWindow > MAX_31_BITS) return fault(ErrorCode.flowControlError, 'a window above 2^31-1');
  }
  // A copy: a stream that is still stalled goes back into the set.
  for (const stream of [...connection.stalled]) resume(connection, stream);
  return undefined;
}

/** Takes PING and answers it (RFC 9113 §6.7). */
export function receivePing<Owner>(
  connection: Connection<Owner>,
  { flags }: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  if (payload.length !== 8) return fault(ErrorCode.frameSizeError, 'PING without eight bytes');
  if ((flags & Flag.ack) !== 0) {
    connection.onPong();
    return undefined;
  }
  writePing(connection.output, payload, 'ack');
  return undefined;
}

/** Takes RST_STREAM (RFC 9113 §6.4). Envoy sends one for every request, so only a flood is a fault. */
export function receiveReset<Owner>(
  connection: Connection<Owner>,
  { streamId }: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  if (payload.length !== 4) return fault(ErrorCode.frameSizeError, 'RST_STREAM without a code');
  if (isIdle(connection, streamId)) return fault(ErrorCode.protocolError, 'RST_STREAM on an idle stream');
  if (!spend(connection.resets, connection.now)) return fault(ErrorCode.enhanceYourCalm, 'too many resets');
  const stream = connection.streams.get(streamId);
  if (stream !== undefined) closeStream(connection, stream, 'ended');
  return undefined;
}

/** Takes GOAWAY: the peer opens no more streams (RFC 9113 §6.8). */
export function receiveGoaway<Owner>(connection: Connection<Owner>, payload: Uint8Array): Fault | undefined {
  if (payload.length < 8) return fault(ErrorCode.frameSizeError, 'GOAWAY too short');
  connection.peerGoingAway = true;
  return undefined;
}

/**
 * Takes PRIORITY, which has no meaning any more (RFC 9113 §5.3.2, §6.3), but that a stream depends on itself is
 * an error of old (RFC 7540 §5.3.1). On an idle stream RST_STREAM is forbidden (§6.4), so that the connection
 * ends (§5.4.1).
 */
export function receivePriority<Owner>(
  connection: Connection<Owner>,
  { streamId }: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  if (streamId === 0) return fault(ErrorCode.protocolError, 'PRIORITY on stream 0');
  if (payload.length === 5 && read31Bits(payload, 0) !== streamId) return undefined;
  const code = payload.length === 5 ? ErrorCode.protocolError : ErrorCode.frameSizeError;
  if (isIdle(connection, streamId)) return fault(code, 'a faulty PRIORITY on an idle stream');
  return faultStream(connection, streamId, code);
}

/** Takes WINDOW_UPDATE (RFC 9113 §6.9). */
export function receiveWindowUpdate<Owner>(
  connection: Connection<Owner>,
  { streamId }: FrameHeader,
  payload: Uint8Array,
): Fault | undefined {
  if (payload.length !== 4) return fault(ErrorCode.frameSizeError, 'WINDOW_UPDATE without an increment');
  if (isIdle(connection, streamId) && streamId !== 0) {
    return fault(ErrorCode.protocolError, 'WINDOW_UPDATE on an idle stream');
  }
  if (!spend(connection.windowUpdates, connection.now)) {
    return fault(ErrorCode.enhanceYourCalm, 'too many WINDOW_UPDATEs');
  }
  const increment = read31Bits(payload, 0);
  return streamId === 0 ? openConnection(connection, increment) : openStream(connection, streamId, increment);
}

function openConnection<Owner>(connection: Connection<Owner>, increment: number): Fault | undefined {
  if (increment === 0) return fault(ErrorCode.protocolError, 'WINDOW_UPDATE by 0');
  connection.sendWindow += increment;
  if (connection.sendWindow > MAX_31_BITS) return fault(ErrorCode.flowControlError, 'a window above 2^31-1');
  resumeWaiting(connection);
  return undefined;
}

/** What crosses the end of a stream has no meaning (RFC 9113 §5.1). */
function openStream<Owner>(
  connection: Connection<Owner>,
  streamId: number,
  increment: number,
): Fault | undefined {
  const stream = connection.streams.get(streamId);
  if (stream === undefined) return undefined;
  if (increment === 0) return faultStream(connection, streamId, ErrorCode.protocolError);
  stream.sendWindow += increment;
  if (stream.sendWindow > MAX_31_BITS) return faultStream(connection, streamId, ErrorCode.flowControlError);
  if (stream.pendingBytes > 0) resume(connection, stream);
  return undefined;
}

/** Stream 0 and streams that were never opened (RFC 9113 §5.1). */
function isIdle<Owner>(connection: Connection<Owner>, streamId: number): boolean {
  return streamId === 0 || streamId % 2 === 0 || streamId > connection.lastStreamId;
}
