import { announceShutdown, failConnection, finishShutdown, resetStream, wake } from './connection.ts';
import { ErrorCode, fault } from './fault.ts';
import { writePing } from './frame-writer.ts';
import { TIMEOUTS } from './limits.ts';
import type { Session } from './session.ts';

/** The payload of our PINGs; nothing depends on it. */
const PING = Buffer.from('serin-ok', 'latin1');

/** Judges a connection by the clock; called about once a second, so that no stream needs a timer. */
export function sweepSession<Owner>(session: Session<Owner>, nowMs: number): void {
  const { socket, connection } = session;
  if (session.endedAtMs !== undefined) {
    if (nowMs - session.endedAtMs > patienceMs(session)) socket.destroy();
    return;
  }
  if (!connection.settingsReceived) {
    if (nowMs - session.openedAtMs > TIMEOUTS.handshakeMs) {
      failConnection(connection, fault(ErrorCode.settingsTimeout, 'no SETTINGS in time'));
    }
    return;
  }
  if (isDead(session, nowMs)) {
    socket.destroy();
    return;
  }
  if (session.pingedAtMs === undefined && nowMs - session.receivedAtMs > TIMEOUTS.keepaliveMs) {
    sendPing(session, nowMs);
  }
  resetStalled(session, nowMs);
  closeIdle(session, nowMs);
}

/** How long an ended socket may stay open: what was sent before its end may still be on its way. */
function patienceMs<Owner>({ socket }: Session<Owner>): number {
  return socket.writableFinished ? TIMEOUTS.lingerMs : TIMEOUTS.stallMs;
}

/** Asks the peer for a sign of life, or for the moment at which it has read all that was sent before. */
export function sendPing<Owner>(session: Session<Owner>, nowMs: number): void {
  session.pingedAtMs = nowMs;
  writePing(session.connection.output, PING, 'ping');
  wake(session.connection);
}

/** A peer that answers no PING, or that reads nothing. */
function isDead<Owner>({ pingedAtMs, pausedSinceMs }: Session<Owner>, nowMs: number): boolean {
  if (pingedAtMs !== undefined && nowMs - pingedAtMs > TIMEOUTS.pingMs) return true;
  return pausedSinceMs !== undefined && nowMs - pausedSinceMs > TIMEOUTS.stallMs;
}

function resetStalled<Owner>({ connection }: Session<Owner>, nowMs: number): void {
  for (const streams of [connection.stalled, connection.waiting]) {
    for (const stream of streams) {
      if (nowMs - stream.movedAtMs > TIMEOUTS.stallMs) resetStream(connection, stream, ErrorCode.cancel);
    }
  }
}

function closeIdle<Owner>(session: Session<Owner>, nowMs: number): void {
  const { connection } = session;
  if (connection.streams.size > 0) session.idleSinceMs = nowMs;
  else if (nowMs - session.idleSinceMs > TIMEOUTS.idleMs) shutDownSession(session, nowMs);
  const late = session.pingedAtMs === undefined || nowMs - session.pingedAtMs > TIMEOUTS.goawayMs;
  if (connection.shutdown === 'announced' && late) finishShutdown(connection);
}

/** Begins the shutdown of a connection; the PING's acknowledgement lets it go on (RFC 9113 §6.8). */
export function shutDownSession<Owner>(session: Session<Owner>, nowMs: number): void {
  if (session.connection.shutdown !== 'none') return;
  announceShutdown(session.connection);
  sendPing(session, nowMs);
}
