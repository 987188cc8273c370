/**
 * A process of its own, the floor that the others are measured against: bare `node:http2` with gRPC framing by
 * hand, a fixed destination, no JSON, no whole body; each piece goes back when it has arrived. Its argument is
 * the destination and the size of its windows, which is Node's own 64 KiB unless given.
 */
import type { ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { framedReplies } from './fixed-answer.ts';
import { createRelay } from './relay.ts';

/** Envoy ends every stream with RST_STREAM, which Node takes for an attack after 1000 of them. */
const RESETS = { streamResetBurst: 10_000_000, streamResetRate: 1_000_000 };

const [, , destination = '', windowBytes] = process.argv;
const window = windowBytes === undefined ? undefined : Number(windowBytes);
const replies = framedReplies(destination);

function carry(stream: ServerHttp2Stream): void {
  const relay = createRelay(replies);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    const out = relay(chunk);
    if (out.length > 0) stream.write(Buffer.concat(out));
  });
  stream.on('end', () => stream.end());
}

const server = createServer({
  ...RESETS,
  ...(window === undefined ? {} : { settings: { initialWindowSize: window } }),
});
if (window !== undefined) server.on('session', (session) => session.setLocalWindowSize(window));
server.on('stream', carry);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
