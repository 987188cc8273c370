import { connect, type Socket } from 'node:net';
import { expireAfter } from './deadline.ts';
import { BROKEN, CONNECT_TIMEOUT_MS, faultOf, TIMEOUT } from './get-fault.ts';
import type { GetRequest, GetResult } from './http-get.ts';
import {
  endResponse,
  leavesConnection,
  type ResponseReading,
  readResponse,
  startResponse,
} from './read-response.ts';

/** A connection to a pod, which is asked one thing after the other. */
export interface PlainConnection {
  /** Undefined if it ended before a byte came back, which says nothing of a server whose connection was kept. */
  readonly ask: (get: GetRequest) => Promise<GetResult | undefined>;
  /** Ends it, and with it the question whose answer is awaited: its time is over. */
  readonly giveUp: () => void;
}

/** What a connection is made of. */
export interface PlainConnectionOptions {
  readonly address: string;
  /** Read into by all connections: what one has brought is used up before another one is read. */
  readonly buffer: Buffer;
  /** Ends the connection. */
  readonly signal: AbortSignal;
  /** Told when it may be asked again. */
  readonly onFree: (connection: PlainConnection) => void;
  readonly onClosed: (connection: PlainConnection) => void;
}

/** A question whose answer is awaited. */
interface Exchange {
  readonly reading: ResponseReading;
  /** The body, unless the one who asks takes it. */
  readonly pieces: Buffer[];
  isHeard: boolean;
  readonly settle: (result: GetResult | undefined) => void;
}

/** Opens a connection; it may be asked at once. */
export function openPlainConnection(options: PlainConnectionOptions): PlainConnection {
  let exchange: Exchange | undefined;
  const socket = openSocket(options, {
    onBytes: (bytes) => {
      // Nobody has asked for what comes now.
      if (exchange === undefined) return void socket.destroy();
      exchange.isHeard = true;
      const end = readResponse(exchange.reading, bytes);
      if (exchange.reading.progress !== 'more') finish(exchange, end === bytes.length);
    },
    onEnd: () => {
      if (exchange?.isHeard) {
        endResponse(exchange.reading);
        finish(exchange, false);
      }
      socket.destroy();
    },
    onClosed: (fault) => {
      settle(fault ?? (exchange?.isHeard ? BROKEN : undefined));
      options.onClosed(connection);
    },
  });

  function settle(result: GetResult | undefined): void {
    exchange?.settle(result);
    exchange = undefined;
  }

  function finish({ reading, pieces }: Exchange, isClean: boolean): void {
    settle(resultOf(reading, pieces));
    if (isClean && leavesConnection(reading)) options.onFree(connection);
    else socket.destroy();
  }

  function ask(get: GetRequest): Promise<GetResult | undefined> {
    const { promise, resolve } = Promise.withResolvers<GetResult | undefined>();
    const pieces: Buffer[] = [];
    const reading = startResponse((piece, status) => {
      if (status === 200 && get.onPiece !== undefined) get.onPiece(piece);
      else pieces.push(Buffer.from(piece));
    });
    exchange = { reading, pieces, isHeard: false, settle: resolve };
    socket.write(requestText(get), 'latin1');
    return promise;
  }

  function giveUp(): void {
    settle(TIMEOUT);
    socket.destroy();
  }

  const connection: PlainConnection = { ask, giveUp };
  return connection;
}

interface SocketHandlers {
  readonly onBytes: (bytes: Buffer) => void;
  readonly onEnd: () => void;
  /** Told last, with what was in the way of the connection; undefined if it came about. */
  readonly onClosed: (fault: GetResult | undefined) => void;
}

function openSocket({ address, buffer, signal }: PlainConnectionOptions, handlers: SocketHandlers): Socket {
  let fault: GetResult | undefined = BROKEN;
  const onread = {
    buffer,
    callback: (length: number) => {
      handlers.onBytes(buffer.subarray(0, length));
      return true;
    },
  };
  const socket = connect({ ...hostAndPort(address), noDelay: true, onread });
  const close = () => void socket.destroy();
  const stopWaiting = expireAfter(CONNECT_TIMEOUT_MS, () => {
    fault = TIMEOUT;
    close();
  });
  signal.addEventListener('abort', close, { once: true });
  socket.once('connect', () => {
    fault = undefined;
    stopWaiting();
  });
  socket.on('error', (error) => {
    if (fault !== undefined) fault = faultOf(error);
  });
  socket.once('end', handlers.onEnd);
  socket.once('close', () => {
    stopWaiting();
    signal.removeEventListener('abort', close);
    handlers.onClosed(fault);
  });
  return socket;
}

/** Reads `ip:port` and `[ip6]:port`. */
function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  return {
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port: Number(address.slice(colon + 1)),
  };
}

function requestText({ address, path, headers }: GetRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\nhost: ${address}\r\naccept: */*\r\naccept-encoding: identity\r\n${lines.join('')}\r\n`;
}

function resultOf({ progress, head }: ResponseReading, pieces: readonly Buffer[]): GetResult {
  if (progress === 'too_large') return { kind: 'failed', reason: 'too_large' };
  if (progress !== 'over') return BROKEN;
  const [only] = pieces;
  const body = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  return { kind: 'answered', status: head.status, body };
}
