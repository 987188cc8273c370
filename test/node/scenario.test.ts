import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import type { LiveStatus } from '../../src/status/live-status.ts';
import { type Answer, type Client, createClient, inParallel, servedModel } from '../e2e/client.ts';
import { ADAPTERS } from '../e2e/pod.ts';
import { createMissing, evict, kubectl, manifests, podNames, rolledOut, serviceAddress } from './kubectl.ts';
import { faultsDuring, ONLY_ANSWERS, startTraffic } from './traffic.ts';
import { replacePod, serinPage, VLLM } from './vllm.ts';

const WORKLOADS = [VLLM, 'serin', 'llm-inference-gateway'];

let client: Client;

beforeAll(async () => {
  await createMissing('crds');
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  for (const name of ['seed-no-gpu', 'serin', 'gateway']) await kubectl('apply', '-k', manifests(name));
  for (const name of WORKLOADS) await rolledOut(name);
  client = createClient(8080, { host: await serviceAddress('llm-inference-gateway') });
  await expectAnswers();
});

afterAll(async () => {
  client.close();
  for (const name of ['gateway', 'serin', 'seed-no-gpu']) {
    await kubectl('delete', '-k', manifests(name), '--wait=false');
  }
});

/** The gateway sees a new replica of Serin, and that a pod is there, within moments. */
async function expectAnswers(): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await client.complete('lora-request').catch(() => undefined))?.status !== 200) {
    if (Date.now() > deadline) throw new Error('no answer in a minute');
  }
}

function countsOf(answers: readonly Answer[]): readonly number[] {
  const models = answers.map((answer) => (answer.status === 200 ? servedModel(answer) : `${answer.status}`));
  expect(models.filter((model) => !ADAPTERS.includes(model))).toEqual([]);
  return ADAPTERS.map((adapter) => models.filter((model) => model === adapter).length);
}

const isSql = (adapter: string) => adapter.startsWith('sql-lora');
const ask = (count: number) => inParallel(count, 8, () => client.complete('lora-request'));

/** The addresses of the pods of vLLM. */
async function addresses(): Promise<readonly string[]> {
  const path = 'jsonpath={range .items[*]}{.status.podIP}:8000{"\\n"}{end}';
  return (await kubectl('get', 'pods', '-l', `app=${VLLM}`, '-o', path)).split('\n').toSorted();
}

/** The addresses that the last requests went to, as the gateway has logged them. */
async function servingAddresses(): Promise<readonly string[]> {
  const lines = (await kubectl('logs', 'deployment/llm-inference-gateway', '--tail=100')).split('\n');
  const entries = lines.filter((line) => line.startsWith('{'));
  const found = entries.map((line) => (JSON.parse(line) as { readonly upstream: string }).upstream);
  return [...new Set(found)].toSorted();
}

describe("the seed's steps in a cluster", () => {
  it('show the pool and the model', async () => {
    expect(await kubectl('get', 'inferencepool', VLLM, '-o', 'name')).toContain(VLLM);
    expect(await kubectl('get', 'inferencemodel', 'inferencemodel-sample')).toContain('lora-request');
  });

  it('are seen by each replica of Serin for all of them', async () => {
    const replicas = async () =>
      (await serinPage<LiveStatus>('default', 'serin', '9091/debug/status')).replicas;
    const soon = { timeout: 60_000, interval: 1_000 };
    await expect.poll(replicas, soon).toEqual({ answered: 2, known: 2, missing: [] });
  });

  it('leave hosts alone that no route names', async () => {
    const answer = await client.send({
      headers: { host: 'another.com' },
      body: JSON.stringify({ model: 'lora-request', prompt: 'San Francisco' }),
    });
    expect([answer.status, answer.headers['x-serin-rejected']]).toEqual([404, 'unknown_host']);
  });

  it('split one model name evenly over ten adapters', async () => {
    const counts = countsOf(await ask(1000));
    expect(
      chiSquareP(
        counts,
        ADAPTERS.map(() => 100),
      ),
    ).toBeGreaterThan(0.0001);
  });

  it('take an edit to nine in ten for the next request', async () => {
    await kubectl('apply', '-k', manifests('seed-canary'));
    // The edit is in the API server; a replica has it within a second.
    await expect
      .poll(async () =>
        countsOf(await ask(60))
          .filter((_, index) => isSql(ADAPTERS[index] ?? ''))
          .reduce((a, b) => a + b),
      )
      .toBeGreaterThan(45);
    const counts = countsOf(await ask(1000));
    const wanted = ADAPTERS.map((adapter) => (isSql(adapter) ? 180 : 20));
    expect(chiSquareP(counts, wanted)).toBeGreaterThan(0.0001);
  });
});

describe('under load', () => {
  it('no request fails while vLLM is scaled from 3 to 5', async () => {
    const traffic = startTraffic(client);
    await kubectl('scale', `deployment/${VLLM}`, '--replicas=5');
    await rolledOut(VLLM);
    await expect.poll(servingAddresses).toEqual(await addresses());
    expect(await traffic.stop()).toEqual([]);
  });

  it('clients get a 503 of Serin’s while there is no vLLM, and answers again after', async () => {
    const traffic = startTraffic(client, (answer) =>
      answer.status === 503 && answer.headers['x-serin-rejected'] === 'no_endpoint'
        ? undefined
        : ONLY_ANSWERS(answer),
    );
    await kubectl('scale', `deployment/${VLLM}`, '--replicas=0');
    await expect.poll(async () => (await client.complete('lora-request')).status).toBe(503);
    const refused = await client.complete('lora-request');
    expect(refused.headers['x-serin-rejected']).toBe('no_endpoint');
    await kubectl('scale', `deployment/${VLLM}`, '--replicas=3');
    await rolledOut(VLLM);
    await expectAnswers();
    expect(await traffic.stop()).toEqual([]);
  });

  it('no request fails while Serin is restarted', async () => {
    const before = await podNames('app=serin');
    const restart = async () => {
      await kubectl('rollout', 'restart', 'deployment/serin');
      await rolledOut('serin');
      const gone = before.map((name) => kubectl('wait', '--for=delete', `pod/${name}`, '--timeout=120s'));
      await Promise.all(gone);
    };
    expect(await faultsDuring(client, restart)).toEqual([]);
    expect((await podNames('app=serin')).filter((name) => before.includes(name))).toEqual([]);
  });

  it('no request fails while a vLLM pod is deleted', async () => {
    expect(await faultsDuring(client, replacePod)).toEqual([]);
  });
});

describe('the pods of Serin', () => {
  it('run as no root, on a file system that cannot be written', async () => {
    const [pod = ''] = await podNames('app=serin');
    const script =
      "try{require('fs').writeFileSync('/serin/x','')}catch(e){console.log(process.getuid(),e.code)}";
    expect(await kubectl('exec', pod, '--', '/usr/local/bin/node', '-e', script)).toBe('65532 EROFS');
  });

  it('are evicted one at a time', async () => {
    const [first = '', second = ''] = await podNames('app=serin');
    expect(await evict(first)).toMatchObject({ code: 0 });
    expect(await evict(second)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("would violate the pod's disruption budget"),
    });
    await rolledOut('serin');
  });
});
