import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import { inParallel, servedModel } from './client.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

const ADAPTERS = ['', '-1', '-2', '-3', '-4'].flatMap((suffix) => [
  `sql-lora${suffix}`,
  `tweet-summary${suffix}`,
]);

describe.each(['envoy.yaml', 'envoy-override-host.yaml'] as const)('the split behind Envoy, %s', (config) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ config });
  });
  afterAll(() => stack.stop());

  it("the seed's weights split one model name evenly over ten adapters", async () => {
    const answers = await inParallel(2_000, 16, () => stack.client.complete('lora-request'));
    const counts = new Map(ADAPTERS.map((adapter) => [adapter, 0]));
    for (const answer of answers) counts.set(servedModel(answer), (counts.get(servedModel(answer)) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([...ADAPTERS].sort());
    expect(
      chiSquareP(
        [...counts.values()],
        ADAPTERS.map(() => 200),
      ),
    ).toBeGreaterThan(0.0001);
  });

  it('an adapter asked for by its own name is served as it is', async () => {
    const answer = await stack.client.complete('sql-lora-2');
    expect([answer.status, servedModel(answer)]).toEqual([200, 'sql-lora-2']);
  });

  it('an answer comes from the pod that Serin picked', async () => {
    await inParallel(100, 8, () => stack.client.complete('lora-request'));
    expect(stack.pods.every((pod) => pod.requests() > 0)).toBe(true);
    expect(await stack.serin.metric('serin_served_elsewhere_total')).toBe(0);
  });
});
