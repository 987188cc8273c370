import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server that answers in bytes. */
export interface RawPod {
  readonly address: string;
  /** All requests as they came, of all connections. */
  readonly requests: readonly string[];
  /** Connections that were opened. */
  readonly sockets: readonly Socket[];
  /** Does this with every later request. */
  readonly answerWith: (answer: (socket: Socket) => void) => void;
}

/** An answer of 200 with this body. */
export function answerOf(body: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** Starts a server that answers every request with `ok`; it ends with the test. */
export async function startRawPod(): Promise<RawPod> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  let answer: (socket: Socket) => void = (socket) => socket.write(answerOf('ok'));
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      requests.push(bytes.toString());
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const listening = server.address();
  const port = typeof listening === 'object' && listening !== null ? listening.port : 0;
  return {
    ...{ address: `127.0.0.1:${port}`, requests, sockets },
    answerWith: (next) => {
      answer = next;
    },
  };
}
