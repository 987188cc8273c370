import { expect, test } from 'vitest';
import { createMetricsPage, type EndedRequest } from '../../src/fake-vllm/metrics-page.ts';
import { DEFAULTS, type FakeVllmOptions } from '../../src/fake-vllm/options.ts';
import { createScheduler } from '../../src/fake-vllm/scheduler.ts';
import { NOW_MS } from './server.ts';

/** Every series that the dashboard of the scenario asks for. */
const DASHBOARD = `
avg_generation_throughput_toks_per_s avg_prompt_throughput_toks_per_s cpu_cache_usage_perc
e2e_request_latency_seconds_bucket e2e_request_latency_seconds_count e2e_request_latency_seconds_sum
generation_tokens_total gpu_cache_usage_perc num_requests_running num_requests_swapped num_requests_waiting
prompt_tokens_total request_decode_time_seconds_sum request_generation_tokens_bucket
request_max_num_generation_tokens_sum request_prefill_time_seconds_sum request_prompt_tokens_bucket
request_queue_time_seconds_sum request_success_total time_per_output_token_seconds_bucket
time_per_output_token_seconds_count time_per_output_token_seconds_sum time_to_first_token_seconds_bucket
time_to_first_token_seconds_count time_to_first_token_seconds_sum`
  .trim()
  .split(/\s+/)
  .map((name) => `vllm:${name}`);

/** Those of them that V1 has given up. */
const V0_ONLY = DASHBOARD.filter((name) =>
  /avg_|cpu_cache|gpu_cache|swapped|time_per_output_token/.test(name),
);
const V1_ONLY = [
  'vllm:kv_cache_usage_perc',
  'vllm:inter_token_latency_seconds_bucket',
  'vllm:prefix_cache_hits_total',
  'vllm:num_requests_waiting_by_reason',
];

const REQUEST: EndedRequest = {
  promptTokens: 7,
  completionTokens: 5,
  maxTokens: 5,
  choices: 1,
  queueS: 0.25,
  prefillS: 0.5,
  decodeS: 1,
  finishedReason: 'length',
};

function createLab(given: Partial<FakeVllmOptions>) {
  const options = { ...DEFAULTS, nowMs: () => NOW_MS, ...given };
  const scheduler = createScheduler(options, (model) => model !== options.model);
  const page = createMetricsPage(options, scheduler);
  const samples = () =>
    new Map(
      page
        .render()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  return {
    page,
    scheduler,
    samples,
    names: () => new Set([...samples().keys()].map((key) => key.replace(/\{.*/, ''))),
  };
}

test('V0 shows every series of the dashboard from the start, and none of V1', () => {
  const names = createLab({ metricsGeneration: 'v0' }).names();
  expect(DASHBOARD).toHaveLength(25);
  expect(DASHBOARD.filter((name) => !names.has(name))).toEqual([]);
  expect(V1_ONLY.filter((name) => names.has(name))).toEqual([]);
});

test('V1 shows every series of the dashboard that V1 has, and none of V0', () => {
  const names = createLab({ metricsGeneration: 'v1' }).names();
  expect(V0_ONLY).toHaveLength(8);
  expect(DASHBOARD.filter((name) => !names.has(name))).toEqual(V0_ONLY);
  expect(V1_ONLY.filter((name) => !names.has(name))).toEqual([]);
});

test('labels are the model’s name under which it is served and, in V1, the engine', () => {
  const served = { model: '/model/llama2', servedModelNames: ['llama2', 'other'] };
  const v0 = createLab({ ...served, metricsGeneration: 'v0' }).samples();
  expect(v0.get('vllm:num_requests_running{model_name="llama2"}')).toBe(0);
  expect(
    v0.get(
      'vllm:cache_config_info{block_size="16",cache_dtype="auto",enable_prefix_caching="True",gpu_memory_utilization="0.9",num_cpu_blocks="None",num_gpu_blocks="2048"}',
    ),
  ).toBe(1);
  const v1 = createLab({ ...served, metricsGeneration: 'v1', kvBlocks: 9 }).samples();
  expect(v1.get('vllm:num_requests_running{engine="0",model_name="llama2"}')).toBe(0);
  expect(
    v1.get(
      'vllm:cache_config_info{block_size="16",cache_dtype="auto",enable_prefix_caching="True",engine="0",gpu_memory_utilization="0.9",num_cpu_blocks="None",num_gpu_blocks="9"}',
    ),
  ).toBe(1);
});

test('each family has its type and, but for gauges, the time of its start', () => {
  const page = createLab({ maxModelLen: 5 }).page.render();
  expect(page).toContain('# TYPE vllm:num_requests_running gauge\n');
  expect(page).toContain(
    [
      '# TYPE vllm:request_prompt_tokens histogram',
      'vllm:request_prompt_tokens_bucket{engine="0",le="1.0",model_name="llama2"} 0.0',
      'vllm:request_prompt_tokens_bucket{engine="0",le="2.0",model_name="llama2"} 0.0',
      'vllm:request_prompt_tokens_bucket{engine="0",le="5.0",model_name="llama2"} 0.0',
      'vllm:request_prompt_tokens_bucket{engine="0",le="+Inf",model_name="llama2"} 0.0',
      'vllm:request_prompt_tokens_count{engine="0",model_name="llama2"} 0.0',
      'vllm:request_prompt_tokens_sum{engine="0",model_name="llama2"} 0.0',
      '# HELP vllm:request_prompt_tokens_created Prompt tokens of a request.',
      '# TYPE vllm:request_prompt_tokens_created gauge',
      'vllm:request_prompt_tokens_created{engine="0",model_name="llama2"} 1.7672256e+09',
      '',
    ].join('\n'),
  );
});

test.each(['v0', 'v1'] as const)(
  'a request shows in every %s family that is about requests',
  (generation) => {
    const { page, samples } = createLab({ metricsGeneration: generation });
    page.prefilled(7, 0.75);
    page.ended(REQUEST);
    const labels = generation === 'v1' ? 'engine="0",model_name="llama2"' : 'model_name="llama2"';
    const reason = generation === 'v1' ? 'engine="0",finished_reason' : 'finished_reason';
    const after = samples();
    const value = (name: string) => after.get(`vllm:${name}{${labels}}`);
    expect(after.get(`vllm:request_success_total{${reason}="length",model_name="llama2"}`)).toBe(1);
    expect(after.get(`vllm:request_success_total{${reason}="stop",model_name="llama2"}`)).toBe(0);
    const perToken = generation === 'v1' ? 'inter_token_latency_seconds' : 'time_per_output_token_seconds';
    const expected = {
      prompt_tokens_total: 7,
      generation_tokens_total: 5,
      request_prompt_tokens_sum: 7,
      request_generation_tokens_sum: 5,
      request_max_num_generation_tokens_sum: 5,
      request_params_max_tokens_sum: 5,
      request_params_n_sum: 1,
      iteration_tokens_total_sum: 12,
      time_to_first_token_seconds_sum: 0.75,
      e2e_request_latency_seconds_sum: 1.75,
      request_queue_time_seconds_sum: 0.25,
      request_prefill_time_seconds_sum: 0.5,
      request_decode_time_seconds_sum: 1,
      request_inference_time_seconds_sum: 1.5,
      [`${perToken}_sum`]: 1,
      [`${perToken}_count`]: 4,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, value(name)]))).toEqual(expected);
  },
);

test('gauges follow the scheduler, and V1 tells what requests wait for', async () => {
  const { scheduler, samples } = createLab({ maxNumSeqs: 2, maxLoras: 1, kvBlocks: 4 });
  const signal = AbortSignal.timeout(60_000);
  await scheduler.enter({ model: 'a', tokens: 16 }, signal);
  const second = scheduler.enter({ model: 'b', tokens: 16 }, signal);
  const labels = '{engine="0",model_name="llama2"';
  const now = () => {
    const after = samples();
    return [
      after.get(`vllm:num_requests_running${labels}}`),
      after.get(`vllm:num_requests_waiting${labels}}`),
      after.get(`vllm:num_requests_waiting_by_reason${labels},reason="capacity"}`),
      after.get(`vllm:num_requests_waiting_by_reason${labels},reason="deferred"}`),
      after.get(`vllm:kv_cache_usage_perc${labels}}`),
    ];
  };
  expect(now()).toEqual([1, 1, 0, 1, 0.25]);
  await scheduler.enter({ model: 'a', tokens: 16 }, signal);
  expect(now()).toEqual([2, 1, 1, 0, 0.5]);
  second.catch(() => undefined);
});

test('a test can show another load, and the real one again', () => {
  const { page, samples } = createLab({ metricsGeneration: 'v0' });
  const now = () => {
    const after = samples();
    return ['num_requests_running', 'num_requests_waiting', 'gpu_cache_usage_perc'].map((name) =>
      after.get(`vllm:${name}{model_name="llama2"}`),
    );
  };
  page.override({ running: 3, waiting: 9, kvUsage: 0.7 });
  expect(now()).toEqual([3, 9, 0.7]);
  page.override({ waiting: 1 });
  expect(now()).toEqual([0, 1, 0]);
  page.override({});
  expect(now()).toEqual([0, 0, 0]);
});

test('V0 shows its own mean throughput', () => {
  let nowMs = NOW_MS;
  const { page, samples } = createLab({ metricsGeneration: 'v0', nowMs: () => nowMs });
  page.prefilled(70, 0.1);
  page.ended({ ...REQUEST, completionTokens: 50 });
  nowMs += 5000;
  const after = samples();
  expect(after.get('vllm:avg_prompt_throughput_toks_per_s{model_name="llama2"}')).toBe(14);
  expect(after.get('vllm:avg_generation_throughput_toks_per_s{model_name="llama2"}')).toBe(10);
});

test('shows adapters from the first request on, be it one that never got a token', () => {
  const { page } = createLab({});
  const hasSeries = () => page.render().includes('vllm:lora_requests_info{');
  expect(hasSeries()).toBe(false);
  page.ended({ ...REQUEST, completionTokens: 0, finishedReason: 'error' });
  expect(hasSeries()).toBe(true);
});

test('V1’s engine is awake', () => {
  const after = createLab({}).samples();
  const state = (name: string) =>
    after.get(`vllm:engine_sleep_state{engine="0",model_name="llama2",sleep_state="${name}"}`);
  expect([state('awake'), state('weights_offloaded'), state('discard_all')]).toEqual([1, 0, 0]);
});
