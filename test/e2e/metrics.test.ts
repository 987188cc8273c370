import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './stack.ts';

const OF = 'namespace="default",pool="vllm-llama2-7b-pool",model="lora-request"';

describe('metrics of what is behind Envoy', () => {
  let stack: Stack;
  beforeAll(async () => {
    const processing = { response_body_mode: 'FULL_DUPLEX_STREAMED' };
    stack = await startStack({ pods: 1, processing });
  });
  afterAll(() => stack.stop());

  it('5xx of a pod are errors of the target, 4xx and what Serin refuses are not', async () => {
    const faults = `http://${stack.pods[0]?.address}/admin/faults`;
    await fetch(faults, { method: 'POST', body: JSON.stringify({ model: '*', errorRate: 1 }) });
    const failed = [await stack.client.complete('lora-request'), await stack.client.complete('lora-request')];
    await fetch(faults, { method: 'DELETE' });
    const good = await stack.client.complete('lora-request');
    const bad = await stack.client.complete('lora-request', { max_tokens: -1 });
    const refused = await stack.client.complete('no-such-model');
    expect([...failed, good, bad, refused].map(({ status }) => status)).toEqual([500, 500, 200, 400, 404]);
    await expect.poll(() => stack.serin.metric('serin_responses_total')).toBe(4);
    const { serin } = stack;
    expect(await serin.metric('serin_response_errors_total')).toBe(2);
    const page = await serin.page('/metrics');
    const codes = [...page.matchAll(/^serin_responses_total\{.*code="(\w+)"\} (\d+)$/gm)];
    const byCode = new Map<string, number>();
    for (const [, code = '', count] of codes) byCode.set(code, (byCode.get(code) ?? 0) + Number(count));
    expect(byCode).toEqual(
      new Map([
        ['5xx', 2],
        ['2xx', 1],
        ['4xx', 1],
      ]),
    );
  });

  it("tokens are counted as the pod told them, under the seed's names too", async () => {
    const { serin } = stack;
    const before = await serin.metric('serin_completion_tokens_total');
    const answer = await stack.client.complete('lora-request', { max_tokens: 7 });
    const { usage } = JSON.parse(answer.body);
    await expect
      .poll(() => serin.metric('serin_completion_tokens_total'))
      .toBe(before + usage.completion_tokens);
    for (const [ours, seeds] of [
      ['serin_prompt_tokens_total', 'asm_llm_proxy_prompt_tokens'],
      ['serin_completion_tokens_total', 'asm_llm_proxy_completion_tokens'],
    ] as const) {
      expect(await serin.metric(ours)).toBeGreaterThan(0);
      expect(await serin.metric(seeds)).toBe(await serin.metric(ours));
    }
  });

  it('sizes of bodies are those that went over the wire', async () => {
    const { serin } = stack;
    const before = await serin.metric('inference_model_request_sizes_sum');
    const got = await serin.metric('inference_model_response_sizes_sum');
    const body = JSON.stringify({ model: 'lora-request', prompt: 'x'.repeat(1000), max_tokens: 5 });
    const answer = await stack.client.send({ body });
    await expect.poll(() => serin.metric('inference_model_request_sizes_sum')).toBe(before + body.length);
    expect(await serin.metric('inference_model_response_sizes_sum')).toBe(got + answer.body.length);
  });

  it('weights stand beside what is observed, with the same labels', async () => {
    const page = await stack.serin.page('/metrics');
    const labels = `{${OF},target="sql-lora",group="canary",role="canary"`;
    expect(page).toContain(`serin_target_weight${labels},kind="effective"} 10`);
    expect(page).toContain(`serin_target_endpoints${labels},kind="serving"} 1`);
    expect(page).toMatch(
      new RegExp(`^serin_requests_total\\{${OF},target="[^"]+",group="(stable|canary)",`, 'm'),
    );
  });

  it('the page is text format 0.0.4, also for who would rather have OpenMetrics', async () => {
    const response = await fetch(`http://127.0.0.1:${stack.serin.metricsPort}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' },
    });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^asm_llm_proxy_prompt_tokens\{/m);
    expect(text).not.toContain('# EOF');
  });
});
