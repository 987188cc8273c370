import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { envoyPath } from '../../test/e2e/gateway.ts';
import { ADAPTERS } from '../../test/e2e/pod.ts';
import { completionBody } from '../load/completion.ts';
import { formatNumber } from '../report/format.ts';
import type { Target } from '../report/target.ts';
import { startGateway } from '../servers/gateway.ts';
import { startServer } from '../servers/start-server.ts';

const BODY_BYTES = 1024 * 1024;
const PIECES = 16;
/** A client on a line of about 10 MB/s. */
const PIECE_EVERY_MS = 6;
const MODELS = JSON.stringify({ object: 'list', data: ADAPTERS.map((id) => ({ id })) });

/** When the first byte of a large body reaches the pod, behind Envoy in full duplex, while the client still sends. */
export async function measureFirstByte(signal: AbortSignal): Promise<readonly Target[]> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  try {
    const pod = await startPod(stop);
    const pods = [`127.0.0.1:${pod.port}`];
    const server = await startServer('serin-native', { pods, peer: undefined }, stop);
    const gateway = await startGateway({ path: await envoyPath(), grpcPort: server.port }, stop);
    // The first request opens connections.
    await send(gateway.listenerPort, pod.firstByte());
    const { firstByteMs, lastSentMs } = await send(gateway.listenerPort, pod.firstByte());
    return [
      {
        work: `first byte at the pod of a 1 MiB body that takes ${formatNumber(lastSentMs)} ms to send, full duplex`,
        found: `after ${formatNumber(firstByteMs)} ms`,
        wanted: 'before the last chunk was sent',
        holds: firstByteMs < lastSentMs,
      },
    ];
  } finally {
    ended.abort();
  }
}

async function startPod(signal: AbortSignal) {
  let arrived: (atMs: number) => void = () => undefined;
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.end(request.url === '/v1/models' ? MODELS : '');
    request.once('data', () => arrived(performance.now()));
    request.resume();
    request.once('end', () => response.end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
  });
  return {
    port: (server.address() as AddressInfo).port,
    firstByte: () =>
      new Promise<number>((resolve) => {
        arrived = resolve;
      }),
  };
}

/** Sends one request bit by bit. */
async function send(port: number, firstByte: Promise<number>) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  socket.resume();
  const head = `POST /v1/completions HTTP/1.1\r\nhost: test.com\r\ncontent-type: application/json\r\ncontent-length: ${BODY_BYTES}\r\n\r\n`;
  socket.write(head);
  const body = completionBody(BODY_BYTES);
  const startedMs = performance.now();
  const size = BODY_BYTES / PIECES;
  for (let at = 0; at < BODY_BYTES; at += size) {
    if (at > 0) await sleep(PIECE_EVERY_MS);
    socket.write(body.subarray(at, at + size));
  }
  const lastSentMs = performance.now() - startedMs;
  const firstByteMs = (await firstByte) - startedMs;
  socket.destroy();
  return { firstByteMs, lastSentMs };
}
