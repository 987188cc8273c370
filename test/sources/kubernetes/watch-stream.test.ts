import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createOpenApi } from '../../../src/sources/kubernetes/api-server.ts';
import { readStream, type StreamEnd } from '../../../src/sources/kubernetes/watch-stream.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Reads what a server writes; gives the lines as they came, and how it ended. */
async function read(
  answer: (response: ServerResponse) => void,
  onLine: (line: string) => 'go on' | 'stop' = () => 'go on',
): Promise<{ readonly lines: readonly string[]; readonly end: StreamEnd }> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = createOpenApi({ server: `http://127.0.0.1:${port}`, authorize: async () => ({}) });
  const lines: string[] = [];
  const request = {
    ...{ path: '/', timeoutMs: 5_000, silenceMs: 5_000, onOpen: () => undefined },
    onLines: (some: readonly string[]) => {
      lines.push(...some);
      return some.map(onLine).includes('stop') ? ('stop' as const) : ('go on' as const);
    },
  };
  return { lines, end: await readStream(open, request, new AbortController().signal) };
}

test('lines are whole, wherever their bytes were cut', async () => {
  const bytes = Buffer.from('{"a":"ä€😀"}\n{"b":1}\n');
  const result = await read((response) => {
    response.writeHead(200, JSON_TYPE);
    const send = (at: number): void => {
      if (at === bytes.length) response.end();
      else response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1));
    };
    send(0);
  });
  expect(result).toEqual({ lines: ['{"a":"ä€😀"}', '{"b":1}'], end: { kind: 'closed' } });
});

test('a stream that ends inside a line has not ended well, and the line is not taken', async () => {
  const result = await read((response) => response.writeHead(200, JSON_TYPE).end('{"a":1}\n{"b"'));
  expect(result).toEqual({
    lines: ['{"a":1}'],
    end: { kind: 'failed', message: 'a line of the watch is cut off' },
  });
});

test('a listener that wants no more ends the stream', async () => {
  const result = await read(
    (response) => response.writeHead(200, JSON_TYPE).write('1\n'),
    () => 'stop',
  );
  expect(result).toEqual({ lines: ['1'], end: { kind: 'stopped' } });
});

test('a listener that fails ends the stream and nothing else', async () => {
  const result = await read(
    (response) => response.writeHead(200, JSON_TYPE).write('1\n'),
    () => {
      throw new Error('poison');
    },
  );
  expect(result).toEqual({ lines: ['1'], end: { kind: 'fault', message: 'poison' } });
});

test('a refusal tells its status, its reason and the time to wait', async () => {
  const text = JSON.stringify({ kind: 'Status', message: 'too many requests' });
  const result = await read((response) => response.writeHead(429, { 'retry-after': '3' }).end(text));
  expect(result.end).toEqual({
    kind: 'refused',
    status: 429,
    message: 'too many requests',
    retryAfterMs: 3_000,
  });
});
