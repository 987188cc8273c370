import { expect, onTestFinished, test } from 'vitest';
import { inParallel, servedModel } from './client.ts';
import { ADAPTERS } from './pod.ts';
import { type Stack, startStack } from './stack.ts';

const MISSING = 'sql-lora-4';
const SERVED = ADAPTERS.filter((name) => name !== MISSING);
const REQUESTS = 300;
const SERIES = `serin_target_missing{namespace="default",pool="vllm-llama2-7b-pool",model="lora-request",target="${MISSING}"}`;

/** Pods that serve all targets of the example but one, once Serin knows that. */
async function stackWithout(...serin: readonly string[]): Promise<Stack> {
  const loraModules = SERVED.map((name) => ({ name, path: `/adapters/${name}` }));
  const stack = await startStack({ fake: { loraModules }, serin });
  onTestFinished(stack.stop);
  await expect.poll(() => stack.serin.metric(SERIES)).toBe(1);
  return stack;
}

/** How often each model answered, and each status other than 200 came. */
async function tallyOf({ client }: Stack): Promise<ReadonlyMap<string, number>> {
  const answers = await inParallel(REQUESTS, 8, async () => {
    const answer = await client.complete('lora-request');
    return answer.status === 200
      ? servedModel(answer)
      : `${answer.status} ${answer.headers['x-serin-rejected']}`;
  });
  const tally = new Map<string, number>();
  for (const answer of answers) tally.set(answer, (tally.get(answer) ?? 0) + 1);
  return tally;
}

async function targetPage(stack: Stack, name: string): Promise<unknown> {
  const { pools } = JSON.parse(await stack.serin.page('/debug/snapshot'));
  return pools[0].models['lora-request'].targets.find((target: { name: string }) => target.name === name);
}

test('a target that no pod serves gets no traffic, and gets its share once a pod serves it', async () => {
  const stack = await stackWithout();
  expect(new Set((await tallyOf(stack)).keys())).toEqual(new Set(SERVED));
  expect(await targetPage(stack, MISSING)).toMatchObject({
    name: MISSING,
    wanted: 10,
    effective: 0,
    reason: 'no ready pod serves it',
    sinceMs: expect.any(Number),
  });
  const loaded = await fetch(`http://${stack.pods[0]?.address}/v1/load_lora_adapter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ lora_name: MISSING, lora_path: '/adapters/x' }),
  });
  expect(loaded.status).toBe(200);
  await expect.poll(() => stack.serin.metric(SERIES), { timeout: 15_000 }).toBe(0);
  expect(new Set((await tallyOf(stack)).keys())).toEqual(new Set(ADAPTERS));
});

test('a fallback serves the requests for a target that no pod serves', async () => {
  const stack = await stackWithout('--missing-target=fallback', '--fallback-target=llama2');
  expect(new Set((await tallyOf(stack)).keys())).toEqual(new Set([...SERVED, 'llama2']));
  expect(await targetPage(stack, 'llama2')).toMatchObject({
    wanted: 0,
    effective: 10,
    reason: `stands in for ${MISSING}`,
  });
});

test('requests for a target that no pod serves fail with 503 if that is wanted', async () => {
  const stack = await stackWithout('--missing-target=fail');
  expect(new Set((await tallyOf(stack)).keys())).toEqual(new Set([...SERVED, '503 no_endpoint']));
});
