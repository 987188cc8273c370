import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import { createFakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import { type Client, createClient, inParallel, servedModel } from '../e2e/client.ts';
import { type Gateway, startGateway } from '../e2e/gateway.ts';
import { ADAPTERS } from '../e2e/pod.ts';
import { type AnswerShape, answersOf } from './answers.ts';
import { DIFFERENT_ANSWERS, DIFFERENT_FAMILIES, type Difference, MISSING_FAMILIES } from './differences.ts';
import { eventsOf, familiesOf } from './shape.ts';
import { adapterPath, BASE_MODEL, startVllm, type VllmServer } from './vllm-server.ts';

const stop = new AbortController();
const API_KEY = 'a-key-for-tests';
const headers = { authorization: `Bearer ${API_KEY}` };
let servers: readonly VllmServer[];
let gateway: Gateway;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-vllm-'));
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, API_KEY);
  const flags = ['--api-key', API_KEY];
  servers = await Promise.all([startVllm(stop.signal, flags), startVllm(stop.signal, flags)]);
  gateway = await startGateway(servers, { headers, serin: ['--model-server-api-key-file', keyFile] });
});
afterAll(async () => {
  await gateway.stop();
  stop.abort();
  await Promise.all(servers.map(({ exited }) => exited));
});

const whats = (differences: readonly Difference[]) => differences.map(({ what }) => what).sort();

describe('the simulator beside the real server', () => {
  let real: Client;
  let fake: Client;
  const simulator = createFakeVllm({
    model: BASE_MODEL,
    maxModelLen: 1024,
    maxLoras: 10,
    maxCpuLoras: 12,
    apiKey: API_KEY,
    loraModules: ADAPTERS.map((name) => ({ name, path: adapterPath(name) })),
  });
  beforeAll(async () => {
    real = createClient(servers[0]?.port ?? 0, { headers });
    fake = createClient(await simulator.listen('127.0.0.1', 0), { headers });
  });
  afterAll(async () => {
    real.close();
    fake.close();
    await simulator.close();
  });

  it('answers alike, but for the listed differences', async () => {
    const [expected, actual] = [await answersOf(real), await answersOf(fake)];
    const different = [...expected].filter(([name, shape]) => differ(shape, actual.get(name)));
    const unlisted = different.filter(([name]) => !whats(DIFFERENT_ANSWERS).includes(name));
    const simulated = Object.fromEntries(unlisted.map(([name]) => [name, actual.get(name)]));
    expect(simulated).toEqual(Object.fromEntries(unlisted));
    expect(different.map(([name]) => name).sort()).toEqual(whats(DIFFERENT_ANSWERS));
  });

  it('shows the same metric families with the same types and labels, but for the listed differences', async () => {
    const pages = await Promise.all(
      [real, fake].map((client) => client.send({ method: 'GET', path: '/metrics' })),
    );
    const [expected, actual] = pages.map(({ body }) => familiesOf(body));
    const shared = [...(expected ?? [])].filter(([name]) => actual?.has(name));
    const unlike = shared.filter(([name, shape]) => differ(shape, actual?.get(name)));
    const unlisted = unlike.filter(([name]) => !whats(DIFFERENT_FAMILIES).includes(name));
    const simulated = Object.fromEntries(unlisted.map(([name]) => [name, actual?.get(name)]));
    expect(simulated).toEqual(Object.fromEntries(unlisted));
    expect(unlike.map(([name]) => name)).toEqual(whats(DIFFERENT_FAMILIES));
    const missing = [...(expected ?? new Map()).keys()].filter((name) => !actual?.has(name));
    const additional = [...(actual ?? new Map()).keys()].filter((name) => !expected?.has(name));
    expect(missing.sort()).toEqual(whats(MISSING_FAMILIES));
    expect(additional).toEqual([]);
  });
});

function differ(a: object, b: AnswerShape | object | undefined): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

describe('two real vLLM servers behind Serin and Envoy', () => {
  it("answer the seed's own request", async () => {
    const answer = await gateway.client.send({
      body: JSON.stringify({
        model: 'lora-request',
        prompt: 'Write as if you were a critic: San Francisco',
        max_tokens: 100,
        temperature: 0,
      }),
    });
    expect([answer.status, ADAPTERS.includes(servedModel(answer))]).toEqual([200, true]);
  });

  it('split one model name over ten adapters by weight', async () => {
    const answers = await inParallel(300, 8, () =>
      gateway.client.complete('lora-request', { max_tokens: 1 }),
    );
    const counts = ADAPTERS.map(
      (adapter) => answers.filter((answer) => servedModel(answer) === adapter).length,
    );
    expect(counts.reduce((a, b) => a + b, 0)).toBe(300);
    expect(
      chiSquareP(
        counts,
        ADAPTERS.map(() => 30),
      ),
    ).toBeGreaterThan(0.0001);
  });

  it('stream with usage', async () => {
    const answer = await gateway.client.complete('lora-request', {
      max_tokens: 20,
      ignore_eos: true,
      stream: true,
      stream_options: { include_usage: true },
    });
    const events = eventsOf(answer.body);
    expect([answer.status, events.at(-1)]).toEqual([200, '[DONE]']);
    expect(events.at(-2)).toMatchObject({ choices: [], usage: { completion_tokens: 20 } });
  });

  it('serve an adapter that is loaded while requests run, and lose none while another is unloaded', async () => {
    const admin = servers.map(({ port }) => createClient(port, { headers }));
    const post = (path: string, body: object) =>
      Promise.all(admin.map((client) => client.send({ path, body: JSON.stringify(body) })));
    const traffic = inParallel(
      150,
      6,
      async () => (await gateway.client.complete('sql-lora', { max_tokens: 1 })).status,
    );
    await post('/v1/load_lora_adapter', { lora_name: 'sql-lora-9', lora_path: adapterPath('sql-lora') });
    await expect
      .poll(async () => (await gateway.client.complete('sql-lora-9', { max_tokens: 1 })).status, {
        timeout: 20_000,
      })
      .toBe(200);
    await post('/v1/unload_lora_adapter', { lora_name: 'sql-lora-9' });
    await expect
      .poll(async () => (await gateway.client.complete('sql-lora-9', { max_tokens: 1 })).status, {
        timeout: 20_000,
      })
      .toBe(404);
    expect((await traffic).filter((status) => status !== 200)).toEqual([]);
    for (const client of admin) client.close();
  });

  it('survive the loss of one: what is sent after it was found dead is answered', async () => {
    const [victim] = servers;
    const address = victim?.address ?? '';
    const statuses = inParallel(100, 4, async () =>
      gateway.client.complete('lora-request', { max_tokens: 1 }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    victim?.kill();
    await expect.poll(() => gateway.serin.freshness(address), { interval: 20, timeout: 10_000 }).toBe('dead');
    const after = await inParallel(
      40,
      4,
      async () => (await gateway.client.complete('lora-request', { max_tokens: 1 })).status,
    );
    expect(after.filter((status) => status !== 200)).toEqual([]);
    expect((await statuses).filter((status) => status === 200).length).toBeGreaterThan(50);
  });
});
