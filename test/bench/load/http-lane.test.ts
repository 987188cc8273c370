import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { completionBody } from '../../../bench/load/completion.ts';
import { openHttpLane, postBytes } from '../../../bench/load/http-lane.ts';
import type { Lane, Outcome } from '../../../bench/load/lane.ts';

async function openLane(answer: RequestListener): Promise<Lane> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  await once(socket, 'connect');
  const lane = openHttpLane(socket, postBytes(2000), () => Date.now());
  onTestFinished(() => {
    lane.close();
    server.close();
  });
  return lane;
}

function begin(lane: Lane): Promise<Outcome> {
  return new Promise((resolve) => lane.begin(resolve));
}

test('one request after the other goes over one connection, each with the whole body', async () => {
  const bodies: string[] = [];
  const ports = new Set<number | undefined>();
  const lane = await openLane(async (request, response) => {
    ports.add(request.socket.remotePort);
    bodies.push(Buffer.concat(await request.toArray()).toString());
    response.writeHead(200, { 'content-length': 5 }).write('12');
    setImmediate(() => response.end('345'));
  });
  expect(await begin(lane)).toEqual({ kind: 'answered' });
  expect(await begin(lane)).toEqual({ kind: 'answered' });
  expect(bodies).toEqual(Array(2).fill(`${completionBody(2000)}`));
  expect(ports.size).toBe(1);
});

test.each<[string, RequestListener]>([
  ['status 503', (_, response) => response.writeHead(503, { 'content-length': 0 }).end()],
  ['connection closed', (request) => request.socket.destroy()],
  ['answer without content-length', (_, response) => response.writeHead(200).end('x')],
])('a request has failed as %s', async (reason, answer) => {
  expect(await begin(await openLane(answer))).toEqual({ kind: 'failed', reason });
});

test('a request without an answer has failed once it is too old', async () => {
  const lane = await openLane(() => undefined);
  const outcome = begin(lane);
  lane.expire(Date.now() - 60_000);
  lane.expire(Date.now() + 1);
  expect(await outcome).toEqual({ kind: 'failed', reason: 'timed out' });
});
