import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PANELS } from '../../scripts/dashboards/panels.ts';
import { startStack } from '../e2e/stack.ts';
import { configFor } from './prometheus.ts';
import { promtool } from './promtool.ts';

const SHIPPED = join(import.meta.dirname, '../../manifests/prometheus');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-promtool-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('promtool takes', () => {
  it('the rules', async () => {
    const { code, output } = await promtool(['check', 'rules', join(SHIPPED, 'rules.yaml')]);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('SUCCESS: 11 rules found') });
  });

  it('the config, with a file in place of the discovery that Debian leaves out', async () => {
    const path = join(folder, 'prometheus.yaml');
    await writeFile(join(folder, 'pods.json'), '[]');
    await writeFile(path, await configFor(folder));
    const { code, output } = await promtool(['check', 'config', path]);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('is valid prometheus config'),
    });
  });

  it('the tests of the rules: each alert comes when it should, and not before', async () => {
    const { code, output } = await promtool(['test', 'rules', join(SHIPPED, 'rules.test.yaml')]);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') });
  });
});

describe("Serin's metrics", () => {
  it('have no fault in our own names, and in others those that the others have', async () => {
    const stack = await startStack({ pods: 1 });
    await stack.client.complete('lora-request');
    const page = await stack.serin.page('/metrics');
    await stack.stop();
    const { output } = await promtool(['check', 'metrics'], page);
    expect(output.trim().split('\n')).toEqual(FINDINGS);
  });
});

const UNTOTALLED = 'counter metrics should have "_total" suffix';
const TOTALLED = 'non-counter metrics should not have "_total" suffix';
/** It takes the `d` of llm-d for days. */
const DAYS = 'metric names should not contain abbreviated units';

/** The two counters are the seed's, the gauges at the end prom-client's. */
const FINDINGS = [
  `asm_llm_proxy_completion_tokens ${UNTOTALLED}`,
  `asm_llm_proxy_prompt_tokens ${UNTOTALLED}`,
  `llm_d_epp_average_kv_cache_utilization ${DAYS}`,
  `llm_d_epp_average_queue_size ${DAYS}`,
  `llm_d_epp_average_running_requests ${DAYS}`,
  `llm_d_epp_per_endpoint_queue_size ${DAYS}`,
  `llm_d_epp_ready_endpoints ${DAYS}`,
  `llm_d_epp_request_duration_seconds ${DAYS}`,
  `llm_d_epp_request_error_total ${DAYS}`,
  `llm_d_epp_request_input_tokens ${DAYS}`,
  `llm_d_epp_request_ntpot_seconds ${DAYS}`,
  `llm_d_epp_request_output_tokens ${DAYS}`,
  `llm_d_epp_request_running ${DAYS}`,
  `llm_d_epp_request_size_bytes ${DAYS}`,
  `llm_d_epp_request_total ${DAYS}`,
  `llm_d_epp_request_ttft_seconds ${DAYS}`,
  `llm_d_epp_response_size_bytes ${DAYS}`,
  `llm_d_epp_scheduler_e2e_duration_seconds ${DAYS}`,
  `llm_d_epp_std_dev_kv_cache_utilization ${DAYS}`,
  `llm_d_epp_std_dev_queue_size ${DAYS}`,
  `llm_d_epp_std_dev_running_requests ${DAYS}`,
  `nodejs_active_handles_total ${TOTALLED}`,
  `nodejs_active_requests_total ${TOTALLED}`,
  `nodejs_active_resources_total ${TOTALLED}`,
];

it("the panel Request Rate shows the mesh's figures where there are some", async () => {
  const panel = PANELS.find(({ title }) => title === 'Request Rate');
  const expr = (panel?.queries[0].expr ?? '').replaceAll('$__rate_interval', '1m');
  const series = (labels: string) => `istio_requests_total{${labels}}`;
  const test = {
    rule_files: [],
    evaluation_interval: '15s',
    tests: [
      {
        interval: '15s',
        input_series: [
          { series: series('model="lora-request",response_code="200"'), values: '0+30x20' },
          { series: series('model="unknown",response_code="200"'), values: '0+30x20' },
          { series: 'serin_requests_total{model="lora-request"}', values: '0+15x20' },
        ],
        promql_expr_test: [
          { expr, eval_time: '5m', exp_samples: [{ labels: '{model="lora-request"}', value: 2 }] },
        ],
      },
    ],
  };
  const path = join(folder, 'istio.yaml');
  await writeFile(path, JSON.stringify(test));
  const { code, output } = await promtool(['test', 'rules', path]);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') });
});
