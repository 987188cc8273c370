import { expect, test } from 'vitest';
import { compatText } from '../../src/telemetry/compat-metrics.ts';
import { compatPoolText } from '../../src/telemetry/compat-pool-metrics.ts';
import { createDecisionMetrics } from '../../src/telemetry/decision-metrics.ts';
import { createTargetMetrics } from '../../src/telemetry/target-metrics.ts';
import { loadView, snapshotOf } from '../core/pods.ts';
import { decided, linesOf, record } from './target-records.ts';

/** Two requests for b by two routes, one of them an error and the other with tokens, one open for a, and rejections. */
function page(): string {
  const targets = createTargetMetrics();
  const decisions = createDecisionMetrics();
  const direct = decided({ route: 'direct', role: undefined, group: undefined });
  targets.routed(decided());
  targets.routed(direct);
  targets.routed(decided({ targetLabel: 'a' }));
  targets.record(record({ status: 500 }));
  targets.record(
    record({
      decided: direct,
      durationMs: 4000,
      firstTokenMs: 100,
      requestBytes: 300,
      responseBytes: 700,
      usage: { promptTokens: 20, completionTokens: 2 },
    }),
  );
  targets.released(decided());
  targets.released(direct);
  decisions.took(0.00003);
  decisions.took(0.0015);
  const rejections = new Map([
    ['no_endpoint', 2],
    ['unknown_model', 1],
    ['malformed_json', 1],
    ['overloaded', 1],
  ] as const);
  return compatText({ targets: targets.figures, rejections: () => rejections, decisions: decisions.buckets });
}

const B = 'model_name="lora-request",target_model_name="b"';
const A = 'model_name="lora-request",target_model_name="a"';

const LEGACY = [
  ...(['input_tokens', 'output_tokens', 'normalized_time_per_output_token_seconds'] as const),
  ...(['request_sizes', 'response_sizes'] as const),
] as const;
const NEWEST = [
  ...(['request_input_tokens', 'request_output_tokens', 'request_ntpot_seconds'] as const),
  ...(['request_size_bytes', 'response_size_bytes'] as const),
] as const;

test("the seed's two counters are by the model that served", () => {
  expect(linesOf(page(), 'asm_llm_proxy_prompt_tokens')).toEqual([
    '{llmproxy_model="b"} 20',
    '{llmproxy_model="a"} 0',
  ]);
  expect(linesOf(page(), 'asm_llm_proxy_completion_tokens')).toEqual([
    '{llmproxy_model="b"} 2',
    '{llmproxy_model="a"} 0',
  ]);
});

test.each([
  ['inference_model', LEGACY],
  ['inference_objective', LEGACY],
  ['llm_d_epp', NEWEST],
])(
  'requests are told under the names of %s, summed up over routes and roles',
  (prefix, [input, output, perToken, requestSize, responseSize]) => {
    const of = (name: string) => linesOf(page(), `${prefix}_${name}`);
    expect(of('request_total')).toEqual([`{${B}} 2`, `{${A}} 1`]);
    expect(of('request_error_total')).toEqual([
      `{${B},error_code="ModelServerError"} 1`,
      `{${A},error_code="ModelServerError"} 0`,
      '{model_name="",target_model_name="",error_code="ServiceUnavailable"} 2',
      '{model_name="",target_model_name="",error_code="BadRequest"} 2',
      '{model_name="",target_model_name="",error_code="InferencePoolResourceExhausted"} 1',
    ]);
    expect(of('request_duration_seconds')).toContain(`_count{${B}} 2`);
    expect(of('request_duration_seconds')).toContain(`_bucket{${B},le="4"} 2`);
    expect(of('request_duration_seconds')).toContain(`_bucket{${B},le="3"} 1`);
    expect(of(input)).toContain(`_sum{${B}} 20`);
    expect(of(input)).not.toContain(`_sum{${A}} 0`);
    expect(of(output)).toContain(`_sum{${B}} 2`);
    expect(of(perToken)).toContain(`_sum{${B}} 2`);
    expect(of(requestSize)).toContain(`_sum{${B}} 300`);
    expect(of(responseSize)).toContain(`_sum{${B}} 700`);
  },
);

test('requests in flight are told by model, and by target under the newest name', () => {
  expect(linesOf(page(), 'inference_model_running_requests')).toEqual(['{model_name="lora-request"} 1']);
  expect(linesOf(page(), 'inference_objective_running_requests')).toEqual(['{model_name="lora-request"} 1']);
  expect(linesOf(page(), 'llm_d_epp_request_running')).toEqual([`{${B}} 0`, `{${A}} 1`]);
});

test('the first token and the cost of decisions have their names', () => {
  expect(linesOf(page(), 'llm_d_epp_request_ttft_seconds')).toContain(`_sum{${B}} 0.1`);
  for (const name of ['inference_extension', 'llm_d_epp']) {
    const lines = linesOf(page(), `${name}_scheduler_e2e_duration_seconds`);
    expect(lines.slice(0, 5)).toEqual([
      '_bucket{le="0.0001"} 1',
      '_bucket{le="0.0002"} 1',
      '_bucket{le="0.0005"} 1',
      '_bucket{le="0.001"} 1',
      '_bucket{le="0.002"} 2',
    ]);
    expect(lines.at(-1)).toBe('_count{} 2');
  }
});

test('pools tell means, deviations and queues of the endpoints that are not away', () => {
  const load = loadView(
    { waiting: 2, running: 4, kvUsage: 0.2 },
    { waiting: 4, running: 4, kvUsage: 0.6 },
    { waiting: 99, running: 99, kvUsage: 1, freshness: 'dead' },
  );
  const text = compatPoolText({ snapshot: () => snapshotOf(3), load });
  const pool = 'name="pool",namespace="default"';
  const of = (name: string) => linesOf(text, name);
  expect(of('inference_pool_ready_pods')).toEqual([`{${pool}} 2`]);
  expect(of('llm_d_epp_ready_endpoints')).toEqual([`{${pool}} 2`]);
  expect(of('inference_pool_average_queue_size')).toEqual([`{${pool}} 3`]);
  expect(of('llm_d_epp_average_queue_size')).toEqual([`{${pool}} 3`]);
  expect(of('inference_pool_average_kv_cache_utilization')).toEqual([`{${pool}} 0.4`]);
  expect(of('llm_d_epp_average_kv_cache_utilization')).toEqual([`{${pool}} 0.4`]);
  expect(of('llm_d_epp_average_running_requests')).toEqual([`{${pool}} 4`]);
  expect(of('llm_d_epp_std_dev_queue_size')).toEqual([`{${pool}} 1`]);
  expect(of('llm_d_epp_std_dev_running_requests')).toEqual([`{${pool}} 0`]);
  expect(of('llm_d_epp_std_dev_kv_cache_utilization')).toEqual([`{${pool}} 0.19999999999999998`]);
  expect(of('inference_pool_per_pod_queue_size')).toEqual([
    `{${pool},model_server_pod="pod-10.0.0.1-rank-0"} 2`,
    `{${pool},model_server_pod="pod-10.0.0.2-rank-0"} 4`,
  ]);
  expect(of('llm_d_epp_per_endpoint_queue_size')).toEqual([
    `{${pool},model_server_endpoint="pod-10.0.0.1-rank-0"} 2`,
    `{${pool},model_server_endpoint="pod-10.0.0.2-rank-0"} 4`,
  ]);
});
