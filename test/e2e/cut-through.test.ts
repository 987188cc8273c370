import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from './gateway.ts';
import { ADAPTERS } from './pod.ts';

const MIB = 1024 * 1024;
const MODELS = JSON.stringify({ object: 'list', data: ADAPTERS.map((id) => ({ id })) });

/** A model server that tells when bytes of a request's body reach it, and what came in all. */
async function startEchoPod() {
  let arrived: (text: string) => void = () => undefined;
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.end(request.url === '/v1/models' ? MODELS : '');
    const pieces: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (piece: Buffer) => {
      pieces.push(piece);
      arrived(piece.toString());
    });
    request.on('end', () => response.end(Buffer.concat(pieces)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    port,
    /** Resolves with the first bytes of a body that reach the pod from now on. */
    firstBytes: () =>
      new Promise<string>((resolve) => {
        arrived = resolve;
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Opens a chunked request whose body the test writes, and reads its answer. */
function open(port: number) {
  const headers = { host: 'test.com', 'content-type': 'application/json' };
  const request = httpRequest({ port, method: 'POST', path: '/v1/completions', headers });
  const answer = once(request, 'response').then(async ([response]: IncomingMessage[]) => {
    const pieces = await response?.toArray();
    return { status: response?.statusCode, body: Buffer.concat(pieces ?? []).toString() };
  });
  return { request, answer };
}

describe('full duplex behind Envoy', () => {
  let pod: Awaited<ReturnType<typeof startEchoPod>>;
  let gateway: Gateway;
  beforeAll(async () => {
    pod = await startEchoPod();
    gateway = await startGateway([pod], { bodyMode: 'FULL_DUPLEX_STREAMED' });
  });
  afterAll(async () => {
    await gateway.stop();
    pod.close();
  });

  it('the first bytes of a large body reach the pod before its last ones were sent', async () => {
    const { request, answer } = open(gateway.port);
    const first = pod.firstBytes();
    const start = `{"model":"lora-request","prompt":"${'x'.repeat(MIB)}`;
    request.write(start);
    // The rest is only sent once the pod has the beginning.
    expect(await first).toMatch(/^\{"model":"(?:sql-lora|tweet-summary)[-0-9]*","prompt":"x/);
    request.end('"}');
    const { status, body } = await answer;
    expect([
      status,
      body.replace(/(?:sql-lora|tweet-summary)[-0-9]*/, 'lora-request') === `${start}"}`,
    ]).toEqual([200, true]);
  });

  it('a fault after the cut is 400 with the JSON error, and the request counts as rejected', async () => {
    const { request, answer } = open(gateway.port);
    const first = pod.firstBytes();
    request.write(`{"model":"lora-request","prompt":"${'x'.repeat(MIB)}"`);
    await first;
    request.end(',"model":"other"}');
    const { status, body } = await answer;
    expect([status, JSON.parse(body).error.code]).toEqual([400, 'model_conflict']);
    const { metric } = gateway.serin;
    expect(await metric('serin_rejections_total{reason="model_conflict"}')).toBe(1);
    // The one of the test above.
    expect(await metric('serin_requests_total')).toBe(1);
  });
});
