import { expect, test, vi } from 'vitest';
import { allEventsOf, eventsOf, startServer, TWO_ADAPTERS } from './server.ts';

const ASKED = { model: 'sql-lora', prompt: 'a', max_tokens: 4 };
const LABELS = '{engine="0",model_name="llama2"}';
/** Timers may fire a little early. */
const EARLY_MS = 5;

function finished(reason: string): string {
  return `vllm:request_success_total{engine="0",finished_reason="${reason}",model_name="llama2"}`;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs + EARLY_MS;
}

test('the first token and each after it take their time, streamed or not', async () => {
  const { post, open, sample } = await startServer({
    ...TWO_ADAPTERS,
    timeToFirstTokenMs: 40,
    timePerTokenMs: 20,
  });
  expect(await timeOf(() => post('/v1/completions', ASKED))).toBeGreaterThan(100);
  const streamed = async () => allEventsOf(await open('/v1/completions', { ...ASKED, stream: true }));
  expect(await timeOf(streamed)).toBeGreaterThan(100);
  expect(await sample(`vllm:time_to_first_token_seconds_sum${LABELS}`)).toBeGreaterThan(0.07);
  expect(await sample(`vllm:inter_token_latency_seconds_sum${LABELS}`)).toBeGreaterThan(0.1);
  expect(await sample(`vllm:inter_token_latency_seconds_count${LABELS}`)).toBe(6);
  expect(await sample(finished('length'))).toBe(2);
});

test('the headers of a stream come when it is taken, long before its first token', async () => {
  const { post, open } = await startServer(TWO_ADAPTERS);
  await post('/admin/faults', { model: 'sql-lora', stallAfterTokens: 0 });
  const stop = new AbortController();
  const response = await open('/v1/completions', { ...ASKED, stream: true }, stop.signal);
  expect(response.status).toBe(200);
  const first = eventsOf(response).next();
  stop.abort();
  await expect(first).rejects.toThrow();
});

test('an adapter without a GPU slot costs a swap, and one that is loaded comes from disk', async () => {
  const { post } = await startServer({ ...TWO_ADAPTERS, maxLoras: 1, loraSwapMs: 50 });
  const ask = (model: string) => () => post('/v1/completions', { ...ASKED, model });
  expect(await timeOf(ask('sql-lora'))).toBeGreaterThan(50);
  expect(await timeOf(ask('tweet-summary'))).toBeGreaterThan(50);
  const load = () => post('/v1/load_lora_adapter', { lora_name: 'new', lora_path: '/new' });
  expect(await timeOf(load)).toBeGreaterThan(100);
});

test('what does not fit into the batch waits, shows as waiting, and runs in its turn', async () => {
  const { fake, post, open, sample } = await startServer({ ...TWO_ADAPTERS, maxNumSeqs: 1 });
  await post('/admin/faults', { model: 'sql-lora', stallAfterTokens: 0 });
  const stop = new AbortController();
  const first = open('/v1/completions', ASKED, stop.signal);
  await vi.waitFor(() => expect(fake.running()).toEqual(['sql-lora']));
  const second = post('/v1/completions', { ...ASKED, model: 'tweet-summary' });
  await vi.waitFor(async () => expect(await sample(`vllm:num_requests_waiting${LABELS}`)).toBe(1));
  const sentMs = performance.now();
  expect(await sample(`vllm:num_requests_running${LABELS}`)).toBe(1);
  await vi.waitFor(() => expect(performance.now() - sentMs).toBeGreaterThan(40));
  stop.abort();
  await expect(first).rejects.toThrow();
  expect(await second).toMatchObject({ status: 200, body: { model: 'tweet-summary' } });
  expect(await sample(`vllm:request_queue_time_seconds_sum${LABELS}`)).toBeGreaterThan(0.02);
});

test('an adapter past --max-loras waits though there are places', async () => {
  const { fake, post, open, sample } = await startServer({ ...TWO_ADAPTERS, maxLoras: 1 });
  await post('/admin/faults', { model: 'sql-lora', stallAfterTokens: 0 });
  const stop = new AbortController();
  const first = open('/v1/completions', ASKED, stop.signal);
  await vi.waitFor(() => expect(fake.running()).toEqual(['sql-lora']));
  const second = post('/v1/completions', { ...ASKED, model: 'tweet-summary' });
  const deferred = 'vllm:num_requests_waiting_by_reason{engine="0",model_name="llama2",reason="deferred"}';
  await vi.waitFor(async () => expect(await sample(deferred)).toBe(1));
  expect(await post('/v1/completions', { ...ASKED, model: 'llama2' })).toMatchObject({ status: 200 });
  stop.abort();
  await expect(first).rejects.toThrow();
  expect(await second).toMatchObject({ status: 200 });
});

test('an adapter fails at the rate that is set for it, and the others do not', async () => {
  let roll = 0.3;
  const { post, sample } = await startServer({ ...TWO_ADAPTERS, random: () => roll });
  await post('/admin/faults', { model: 'sql-lora', errorRate: 0.3 });
  expect(await post('/v1/completions', ASKED)).toMatchObject({ status: 200 });
  roll = 0.29;
  expect(await post('/v1/completions', { ...ASKED, stream: true })).toEqual({
    status: 500,
    type: 'application/json',
    body: {
      error: { message: 'an injected fault', type: 'InternalServerError', param: null, code: 500 },
    },
  });
  expect(await post('/v1/completions', { ...ASKED, model: 'tweet-summary' })).toMatchObject({ status: 200 });
  expect([await sample(finished('length')), await sample(finished('error'))]).toEqual([2, 1]);
});

test('latency is added to one adapter’s first token', async () => {
  const { post, sample } = await startServer();
  await post('/admin/faults', { model: 'sql-lora', addedLatencyMs: 60 });
  expect(await timeOf(() => post('/v1/completions', ASKED))).toBeGreaterThan(60);
  expect(await sample(`vllm:time_to_first_token_seconds_sum${LABELS}`)).toBeGreaterThan(0.05);
});

test('a stream stalls after the tokens that were set, and runs until its client has gone', async () => {
  const { fake, post, open, sample } = await startServer();
  await post('/admin/faults', { model: 'sql-lora', stallAfterTokens: 2 });
  const stop = new AbortController();
  const events = eventsOf(await open('/v1/completions', { ...ASKED, stream: true }, stop.signal));
  expect([await events.next(), await events.next()]).toMatchObject([
    { value: { choices: [{ text: 'the' }] } },
    { value: { choices: [{ text: ' city' }] } },
  ]);
  const third = events.next();
  expect(fake.running()).toEqual(['sql-lora']);
  stop.abort();
  await expect(third).rejects.toThrow();
  await vi.waitFor(() => expect(fake.running()).toEqual([]));
  expect(await sample(finished('abort'))).toBe(1);
  expect(await sample(`vllm:generation_tokens_total${LABELS}`)).toBe(2);
  expect(fake.received.totalAnswered()).toBe(0);
});

test('a stream breaks after the tokens that were set', async () => {
  const { fake, post, open } = await startServer();
  await post('/admin/faults', { model: 'sql-lora', disconnectAfterTokens: 3 });
  const seen: unknown[] = [];
  const response = await open('/v1/completions', { ...ASKED, stream: true });
  const read = async () => {
    for await (const event of eventsOf(response)) seen.push(event);
  };
  await expect(read()).rejects.toThrow();
  expect(seen).toMatchObject(['the', ' city', ' by'].map((text) => ({ choices: [{ text }] })));
  await expect(post('/v1/completions', ASKED)).rejects.toThrow();
  expect([fake.received.total(), fake.received.totalAnswered()]).toEqual([2, 0]);
});

test('a fault after more tokens than a request has does not meet it', async () => {
  const { post } = await startServer();
  await post('/admin/faults', { model: 'sql-lora', disconnectAfterTokens: 5, stallAfterTokens: 9 });
  expect(await post('/v1/completions', ASKED)).toMatchObject({ status: 200 });
});
