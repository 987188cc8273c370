import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import { startServer, TWO_ADAPTERS } from './server.ts';

const ASKED = { model: 'sql-lora', prompt: 'a', max_tokens: 1 };
const JSON_TYPE = 'application/json';

test('tells its health and version, and has a metrics page', async () => {
  const { get } = await startServer();
  expect(await get('/health')).toEqual({ status: 200, type: null, body: '' });
  expect(await get('/version')).toEqual({ status: 200, type: JSON_TYPE, body: { version: '0.32.0' } });
  expect(await get('/metrics?x=1')).toMatchObject({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    body: expect.stringMatching(/^# HELP vllm:num_requests_running /),
  });
});

test('does not have any other page, or method', async () => {
  const { get, post, url } = await startServer();
  expect(await get('/v1/nothing')).toEqual({ status: 404, type: JSON_TYPE, body: { detail: 'Not Found' } });
  const wrongMethod = { status: 405, type: JSON_TYPE, body: { detail: 'Method Not Allowed' } };
  expect(await get('/v1/completions')).toEqual(wrongMethod);
  expect(await post('/v1/models', {})).toEqual(wrongMethod);
  expect((await fetch(`${url}/v1/completions`)).headers.get('allow')).toBe('POST');
});

test('wants its key on every page under /v1, and on no other', async () => {
  const { fake, get, post } = await startServer({ ...TWO_ADAPTERS, apiKey: 'let me in' });
  const unauthorized = { status: 401, type: JSON_TYPE, body: { error: 'Unauthorized' } };
  const send = (authorization: string) =>
    post('/v1/completions', ASKED, { 'content-type': JSON_TYPE, authorization });
  expect(await get('/v1/models')).toEqual(unauthorized);
  expect(await post('/v1/load_lora_adapter', {})).toEqual(unauthorized);
  for (const wrong of ['Bearer other', 'Basic let me in', 'Bearer']) {
    expect(await send(wrong)).toEqual(unauthorized);
  }
  expect(fake.received.total()).toBe(0);
  for (const right of ['Bearer let me in', 'bearer let me in']) {
    expect(await send(right)).toMatchObject({ status: 200 });
  }
  expect(await get('/health')).toMatchObject({ status: 200 });
  expect(await get('/metrics')).toMatchObject({ status: 200 });
});

test('takes a body of 11 MiB', async () => {
  const { fake, post } = await startServer({ ...TWO_ADAPTERS, maxModelLen: 10_000_000 });
  const prompt = 'word '.repeat((11 * 1024 * 1024) / 5);
  expect(await post('/v1/completions', { ...ASKED, prompt })).toMatchObject({
    status: 200,
    body: { usage: { prompt_tokens: 2_306_868 } },
  });
  expect(fake.received.lastBody()?.length).toBeGreaterThan(11 * 1024 * 1024 - 5);
});

test('listens on IPv6', async () => {
  const { url, get } = await startServer(TWO_ADAPTERS, '::1');
  expect(url).toContain('[::1]');
  expect(await get('/health')).toMatchObject({ status: 200 });
});

test('several servers of one process know nothing of each other', async () => {
  const [one, other] = await Promise.all([startServer(), startServer()]);
  await one.post('/v1/completions', ASKED);
  await one.post('/admin/faults', { model: '*', errorRate: 1 });
  await one.post('/v1/unload_lora_adapter', { lora_name: 'tweet-summary' });
  expect(await other.post('/v1/completions', { ...ASKED, model: 'tweet-summary' })).toMatchObject({
    status: 200,
  });
  expect([one.fake.received.total(), other.fake.received.total()]).toEqual([1, 1]);
  const total = 'vllm:generation_tokens_total{engine="0",model_name="llama2"}';
  expect([await one.sample(total), await other.sample(total)]).toEqual([1, 1]);
});

test('tells its caller of each request, once it has arrived whole', async () => {
  const bodies: (Buffer | undefined)[] = [];
  const { fake, post } = await startServer({
    ...TWO_ADAPTERS,
    onRequest: () => bodies.push(fake.received.lastBody()),
  });
  await post('/v1/completions', ASKED);
  expect(bodies.map(String)).toEqual([JSON.stringify(ASKED)]);
});

test('breaks open connections when it closes, and cannot be reached afterwards', async () => {
  const { fake, post, get } = await startServer();
  await post('/admin/faults', { model: 'sql-lora', stallAfterTokens: 0 });
  const stalled = post('/v1/completions', ASKED);
  await vi.waitFor(() => expect(fake.running()).toEqual(['sql-lora']));
  await Promise.all([fake.close(), expect(stalled).rejects.toThrow()]);
  await vi.waitFor(() => expect(fake.running()).toEqual([]));
  await expect(get('/health')).rejects.toThrow();
});

test('says so when its port is taken', async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => {
      const address = taken.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await expect(createFakeVllm({}).listen('127.0.0.1', port)).rejects.toThrow('EADDRINUSE');
});

test('never closes an idle connection, and so announces no time-out', async () => {
  const { url } = await startServer();
  const response = await fetch(`${url}/health`);
  expect([response.headers.get('connection'), response.headers.get('keep-alive')]).toEqual([
    'keep-alive',
    null,
  ]);
});
