import { expect, test } from 'vitest';
import { startServer, TWO_ADAPTERS } from './server.ts';

const ASKED = { model: 'sql-lora', prompt: 'a', max_tokens: 1 };
const LABELS = '{engine="0",model_name="llama2"}';

test('faults are set one a model, listed and cleared while the server runs', async () => {
  const { get, post, remove } = await startServer();
  await post('/admin/faults', { model: 'sql-lora', errorRate: 1, addedLatencyMs: 1 });
  await post('/admin/faults', { model: '*', errorRate: 0 });
  expect(await post('/admin/faults', { model: 'sql-lora', errorRate: 1 })).toMatchObject({
    status: 200,
    body: [
      { model: 'sql-lora', errorRate: 1 },
      { model: '*', errorRate: 0 },
    ],
  });
  expect(await get('/admin/faults')).toMatchObject({ body: [{ model: 'sql-lora' }, { model: '*' }] });
  expect(await post('/v1/completions', ASKED)).toMatchObject({ status: 500 });
  expect(await remove('/admin/faults')).toMatchObject({ status: 200, body: [] });
  expect(await get('/admin/faults')).toMatchObject({ body: [] });
  expect(await post('/v1/completions', ASKED)).toMatchObject({ status: 200 });
});

test('a fault of all models meets those without one of their own', async () => {
  const { post } = await startServer();
  await post('/admin/faults', { model: '*', errorRate: 1 });
  await post('/admin/faults', { model: 'sql-lora' });
  expect(await post('/v1/completions', ASKED)).toMatchObject({ status: 200 });
  for (const model of ['tweet-summary', 'llama2']) {
    expect(await post('/v1/completions', { ...ASKED, model })).toMatchObject({ status: 500 });
  }
});

test('the load on the metrics page is what a test sets, until it takes it back', async () => {
  const { post, remove, sample } = await startServer();
  const now = async () => [
    await sample(`vllm:num_requests_running${LABELS}`),
    await sample(`vllm:num_requests_waiting${LABELS}`),
    await sample(`vllm:kv_cache_usage_perc${LABELS}`),
  ];
  await post('/admin/load', { running: 4, waiting: 6, kvUsage: 0.9 });
  expect(await now()).toEqual([4, 6, 0.9]);
  await remove('/admin/load');
  expect(await now()).toEqual([0, 0, 0]);
});

test.each([
  ['/admin/faults', { model: 'a', errorRate: 2 }],
  ['/admin/faults', { model: 'a', errorRat: 1 }],
  ['/admin/faults', {}],
  ['/admin/faults', '{'],
  ['/admin/load', { kvUsage: 7 }],
  ['/admin/load', '{'],
])('POST %s refuses %j', async (path, body) => {
  const { post } = await startServer();
  expect(await post(path, body)).toMatchObject({ status: 400, body: { error: { code: 400 } } });
});

test('does not insist on a content type', async () => {
  const { post } = await startServer();
  expect(await post('/admin/load', { running: 1 }, {})).toMatchObject({ status: 200, body: { running: 1 } });
});

test('counts the requests for a generation or embedding by model', async () => {
  const { get, post } = await startServer();
  await post('/v1/completions', ASKED);
  await post('/v1/completions', { ...ASKED, model: 'nobody' });
  await post('/v1/embeddings', { model: 'sql-lora', input: 'a' });
  await post('/v1/completions', '{');
  await post('/v1/unload_lora_adapter', { lora_name: 'tweet-summary' });
  expect(await get('/admin/requests')).toMatchObject({ body: { 'sql-lora': 2, nobody: 1, '-': 1 } });
});

test('keeps the last requests whole if it is told to, and none otherwise', async () => {
  const keeping = await startServer({ ...TWO_ADAPTERS, recordRequests: 2 });
  for (const user of ['1', '2', '3']) {
    await keeping.post(
      '/v1/completions',
      { ...ASKED, user },
      {
        'content-type': 'application/json',
        'x-user': user,
      },
    );
  }
  const record = (user: string) => ({
    method: 'POST',
    path: '/v1/completions',
    headers: expect.objectContaining({ 'x-user': user }),
    body: JSON.stringify({ ...ASKED, user }),
  });
  expect(await keeping.get('/admin/last')).toMatchObject({ body: [record('2'), record('3')] });
  const forgetting = await startServer();
  await forgetting.post('/v1/completions', ASKED);
  expect(await forgetting.get('/admin/last')).toMatchObject({ body: [] });
});

test('an unknown page of the tests’ own is 404', async () => {
  const { get } = await startServer();
  expect(await get('/admin/nothing')).toMatchObject({ status: 404 });
});
