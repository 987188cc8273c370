import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createCompletions } from '../../src/demo/completions.ts';
import { freePort, portState } from '../../src/demo/free-port.ts';

const servers: ReturnType<typeof createServer>[] = [];
const signal = new AbortController().signal;

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: { readonly [name: string]: string };
}

/** Serves one answer to every request; `seen` gets what was asked. */
async function serve({ status, body, headers = {} }: Answer, seen: unknown[] = []): Promise<number> {
  const port = await freePort();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => {
      text += piece;
    });
    request.on('end', () => {
      const { method, url } = request;
      seen.push([method, url, request.headers.host, request.headers['content-type'], JSON.parse(text)]);
      response.writeHead(status, headers).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
}

test('asks what the scenario’s curl line asks, and reads the target and the pod from the answer', async () => {
  const seen: unknown[] = [];
  const headers = { 'x-served-by': '127.0.0.1:8001' };
  const port = await serve({ status: 200, body: '{"model":"sql-lora"}', headers }, seen);
  expect(await createCompletions(port)(signal)).toEqual({
    kind: 'served',
    target: 'sql-lora',
    pod: '127.0.0.1:8001',
  });
  const body = {
    model: 'lora-request',
    prompt: 'Write as if you were a critic: San Francisco',
    max_tokens: 100,
    temperature: 0,
  };
  expect(seen).toEqual([['POST', '/v1/completions', 'test.com', 'application/json', body]]);
});

test.each<[Answer, string]>([
  [{ status: 503, body: '{"error":{"message":"no ready endpoint"}}' }, 'status 503: no ready endpoint'],
  [{ status: 500, body: 'upstream error' }, 'status 500: upstream error'],
  [{ status: 200, body: '{}' }, 'status 200: {}'],
])('reports %o as a failed request', async (answer, problem) => {
  expect(await createCompletions(await serve(answer))(signal)).toEqual({ kind: 'failed', problem });
});

test('reports a refused connection as a failed request', async () => {
  const port = await freePort();
  expect(await createCompletions(port)(signal)).toEqual({
    kind: 'failed',
    problem: `connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});

test('a port is free, taken, or not to be had', async () => {
  const port = await freePort();
  expect(await portState(port)).toEqual({ kind: 'free' });
  const taken = await serve({ status: 200, body: '' });
  expect(await portState(taken)).toEqual({
    kind: 'taken',
    problem: `Port ${taken} is taken: stop what listens there, or choose another one with --port.`,
  });
});
