import type { Socket } from 'node:net';
import { createFrameReader } from './frame-reader.ts';
import { FLAG, FRAME, frame, numberFrame, SETTING, settingsFrame } from './frames.ts';
import { createWriteBatch } from './write-batch.ts';

/** Takes what arrives on a connection. */
export interface ConnectionHandler {
  readonly onData: (stream: number, piece: Buffer) => void;
  /** The server ended the stream with RST_STREAM or with trailers. */
  readonly onEnd: (stream: number, reason: string) => void;
  /** The server lets more be sent: on a stream, or on the connection for stream 0. */
  readonly onWindow: (stream: number, bytes: number) => void;
  /** A new size of all streams' windows, before the first request only. */
  readonly onInitialWindow: (bytes: number) => void;
  readonly onSettings: () => void;
  readonly onBroken: (reason: string) => void;
  /** After all of a chunk was read. */
  readonly onTurn: () => void;
}

/** A client's side of an HTTP/2 connection, without its streams. */
export interface Connection {
  readonly write: (bytes: Buffer) => void;
  readonly flush: () => void;
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** Envoy's windows. */
const STREAM_WINDOW_BYTES = 16 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 24 * 1024 * 1024;
const DEFAULT_WINDOW_BYTES = 65_535;

/** Opens the client's side on a socket that is connected. */
export function openConnection(socket: Socket, handler: ConnectionHandler): Connection {
  const { write, flush } = createWriteBatch(socket);
  let unacknowledged = 0;

  function onData(stream: number, piece: Buffer): void {
    unacknowledged += piece.length;
    if (unacknowledged >= CONNECTION_WINDOW_BYTES / 2) {
      write(numberFrame({ type: FRAME.windowUpdate }, unacknowledged));
      unacknowledged = 0;
    }
    handler.onData(stream, piece);
  }

  function onSettings(flags: number, payload: Buffer): void {
    if ((flags & FLAG.ack) !== 0) return;
    for (let at = 0; at < payload.length; at += 6) {
      if (payload.readUInt16BE(at) === SETTING.initialWindowSize) {
        handler.onInitialWindow(payload.readUInt32BE(at + 2));
      }
    }
    write(frame({ type: FRAME.settings, flags: FLAG.ack }, Buffer.alloc(0)));
    handler.onSettings();
  }

  function onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case FRAME.headers:
        if ((flags & FLAG.endStream) !== 0) handler.onEnd(stream, 'ended by the server');
        break;
      case FRAME.resetStream:
        handler.onEnd(stream, `RST_STREAM ${payload.readUInt32BE(0)}`);
        break;
      case FRAME.settings:
        onSettings(flags, payload);
        break;
      case FRAME.ping:
        if ((flags & FLAG.ack) === 0) write(frame({ type: FRAME.ping, flags: FLAG.ack }, payload));
        break;
      case FRAME.goAway:
        handler.onBroken(`GOAWAY ${payload.readUInt32BE(4)}`);
        break;
      case FRAME.windowUpdate:
        handler.onWindow(stream, payload.readUInt32BE(0));
        break;
    }
  }

  const read = createFrameReader({ onData, onFrame });
  socket.on('data', (chunk: Buffer) => {
    read(chunk);
    handler.onTurn();
    flush();
  });
  socket.on('error', (error) => handler.onBroken(error.message));
  socket.on('close', () => handler.onBroken('connection closed'));
  write(PREFACE);
  write(
    settingsFrame(
      new Map([
        [SETTING.enablePush, 0],
        [SETTING.initialWindowSize, STREAM_WINDOW_BYTES],
      ]),
    ),
  );
  write(numberFrame({ type: FRAME.windowUpdate }, CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES));
  flush();
  return { write, flush };
}
