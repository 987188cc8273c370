import type { Socket } from 'node:net';
import type { Connection, ConnectionOptions } from './connection.ts';
import { closeAllStreams, createConnection, isOver } from './connection.ts';
import { takeOutput } from './output.ts';
import { createReceiver } from './receive.ts';
import { resumeWaiting } from './send.ts';

/** A socket with its connection, and the times that the sweep judges them by (milliseconds). */
export interface Session<Owner> {
  readonly socket: Socket;
  readonly connection: Connection<Owner>;
  readonly openedAtMs: number;
  receivedAtMs: number;
  /** Since when no stream was open. */
  idleSinceMs: number;
  /** When an unanswered PING was sent. */
  pingedAtMs: number | undefined;
  /** Since when the peer has not read what we sent, so that we read nothing from it. */
  pausedSinceMs: number | undefined;
  /** When we ended the socket, and after that when the last byte has left it. */
  endedAtMs: number | undefined;
}

/** What a session needs of its server. */
export interface SessionOptions<Owner> extends Omit<ConnectionOptions<Owner>, 'wake' | 'onPong'> {
  readonly onPong: (session: Session<Owner>) => void;
  readonly onClose: (session: Session<Owner>) => void;
}

/** A peer that leaves so much unread is not read from until it has caught up. */
const BACKLOG_BYTES = 256 * 1024;

/** Serves HTTP/2 on a socket until it closes. */
export function createSession<Owner>(socket: Socket, options: SessionOptions<Owner>): Session<Owner> {
  const nowMs = options.now();
  const connection = createConnection<Owner>({
    ...options,
    wake: () => schedule(),
    onPong: () => options.onPong(session),
  });
  const session: Session<Owner> = {
    socket,
    connection,
    openedAtMs: nowMs,
    receivedAtMs: nowMs,
    idleSinceMs: nowMs,
    pingedAtMs: undefined,
    pausedSinceMs: undefined,
    endedAtMs: undefined,
  };
  const receive = createReceiver(connection, () => flush(session, options.now));
  let scheduled = false;

  /** What one turn sends outside of reads leaves in one write as well. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    process.nextTick(() => {
      scheduled = false;
      flush(session, options.now);
    });
  }

  socket.on('data', (chunk: Buffer) => {
    // What comes after the end could not be answered.
    if (session.endedAtMs !== undefined) return;
    session.receivedAtMs = options.now();
    receive(chunk);
    flush(session, options.now);
  });
  socket.on('drain', () => {
    session.pausedSinceMs = undefined;
    socket.resume();
    flush(session, options.now);
  });
  socket.on('finish', () => {
    session.endedAtMs = options.now();
  });
  // Most errors destroy the socket by themselves, renegotiation of TLS does not. There is nobody left to tell.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    closeAllStreams(connection);
    options.onClose(session);
  });
  flush(session, options.now);
  return session;
}

/** Writes the output; as long as the socket takes everything, streams that wait for it go on at once. */
function flush<Owner>(session: Session<Owner>, now: () => number): void {
  const { socket, connection } = session;
  if (socket.destroyed || session.endedAtMs !== undefined) return;
  do {
    write(socket, takeOutput(connection.output));
    connection.backlogBytes = socket.writableLength;
    if (connection.waiting.size > 0) resumeWaiting(connection);
  } while (connection.output.bytes > 0);
  if (connection.backlogBytes > BACKLOG_BYTES && session.pausedSinceMs === undefined) {
    session.pausedSinceMs = now();
    socket.pause();
  }
  if (!isOver(connection)) return;
  session.endedAtMs = now();
  socket.end();
}

function write(socket: Socket, chunks: readonly Uint8Array[]): void {
  const [only] = chunks;
  if (only === undefined) return;
  if (chunks.length === 1) {
    socket.write(only);
    return;
  }
  socket.cork();
  for (const chunk of chunks) socket.write(chunk);
  socket.uncork();
}
