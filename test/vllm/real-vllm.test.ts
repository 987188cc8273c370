import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import { createFakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import { type Client, createClient, inParallel, servedModel } from '../e2e/client.ts';
import { type Gateway, startGateway } from '../e2e/gateway.ts';
import { ADAPTERS } from '../e2e/pod.ts';
import { answersOf } from './answers.ts';
import { DIFFERENT_ANSWERS, DIFFERENT_FAMILIES, type Difference } from './differences.ts';
import { holdersOf } from './holders.ts';
import { differencesOf, eventsOf, familiesOf } from './shape.ts';
import { failuresOf, startTraffic } from './traffic.ts';
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

/** What differs and is not listed, with both sides, and what is listed and does not differ. */
function unexplained(real: object, simulated: object, listed: readonly Difference[]) {
  const found = differencesOf(real, simulated);
  const covers = (what: string, path: string) => path === what || path.startsWith(`${what} › `);
  const isListed = (path: string) => listed.some(({ what }) => covers(what, path));
  const unlisted = found.filter((path) => !isListed(path));
  const names = new Set(unlisted.map((path) => path.split(' › ')[0]));
  const sideOf = (side: object) =>
    Object.fromEntries(Object.entries(side).filter(([name]) => names.has(name)));
  return {
    unlisted,
    real: sideOf(real),
    simulated: sideOf(simulated),
    gone: listed.filter(({ what }) => !found.some((path) => covers(what, path))),
  };
}

const NOTHING = { unlisted: [], real: {}, simulated: {}, gone: [] };

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
    expect(unexplained(expected, actual, DIFFERENT_ANSWERS)).toEqual(NOTHING);
  });

  it('shows the same metric families with the same types and labels, but for the listed differences', async () => {
    const ask = async (client: Client) => (await client.send({ method: 'GET', path: '/metrics' })).body;
    const [expected, actual] = [familiesOf(await ask(real)), familiesOf(await ask(fake))];
    expect(unexplained(expected, actual, DIFFERENT_FAMILIES)).toEqual(NOTHING);
  });

  it('tells a difference that is not listed, and a listed one that is gone', () => {
    const listed = [{ what: 'models', reason: 'none' }];
    expect(unexplained({ models: 1, chat: 2 }, { models: 1, chat: 3 }, listed)).toEqual({
      unlisted: ['chat'],
      real: { chat: 2 },
      simulated: { chat: 3 },
      gone: listed,
    });
  });
});

/** Asks the gateway for one token of a model. */
async function statusOf(model: string): Promise<number> {
  return (await gateway.client.complete(model, { max_tokens: 1 })).status;
}

/** Tells one server itself, past the gateway. */
async function post(server: VllmServer | undefined, path: string, body: object): Promise<void> {
  const client = createClient(server?.port ?? 0, { headers });
  const answer = await client.send({ path, body: JSON.stringify(body) });
  client.close();
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
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
    expect(JSON.parse(answer.body)).toMatchObject({
      object: 'text_completion',
      choices: [{ index: 0, text: expect.any(String) }],
      usage: { completion_tokens: expect.any(Number) },
    });
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

  it('serve an adapter from the one server that has loaded it, while requests run', async () => {
    const [first, second] = servers;
    const traffic = startTraffic(4, () => statusOf('lora-request'));
    await post(second, '/v1/load_lora_adapter', {
      lora_name: 'sql-lora-9',
      lora_path: adapterPath('sql-lora'),
    });
    await expect.poll(() => statusOf('sql-lora-9'), { timeout: 30_000 }).toBe(200);
    const answers = await inParallel(40, 4, () => gateway.client.complete('sql-lora-9', { max_tokens: 1 }));
    expect(new Set(answers.map(servedModel))).toEqual(new Set(['sql-lora-9']));
    expect(await holdersOf(gateway.serin, 'sql-lora-9')).toEqual([second?.address]);
    expect(first?.address).not.toBe(second?.address);
    expect(failuresOf(await traffic.end())).toEqual([]);
  });

  it('lose nothing that the other server has, once an adapter is unloaded from one', async () => {
    const [first, second] = servers;
    await expect
      .poll(() => holdersOf(gateway.serin, 'tweet-summary-4'), { timeout: 30_000 })
      .toEqual([first?.address, second?.address]);
    const others = startTraffic(2, () => statusOf('sql-lora'));
    const traffic = startTraffic(4, () => statusOf('tweet-summary-4'));
    await post(first, '/v1/unload_lora_adapter', { lora_name: 'tweet-summary-4' });
    await expect
      .poll(() => holdersOf(gateway.serin, 'tweet-summary-4'), { timeout: 30_000, interval: 20 })
      .toEqual([second?.address]);
    const known = traffic.sent();
    await expect.poll(traffic.sent, { timeout: 30_000 }).toBeGreaterThan(known + 40);
    const samples = await traffic.end();
    const failures = failuresOf(samples);
    // Until Serin has read of the unloading it cannot know better, and the server says so.
    expect(failures.filter(({ order }) => order >= known)).toEqual([]);
    expect(failures.filter(({ status }) => status !== 404)).toEqual([]);
    expect(failuresOf(await others.end())).toEqual([]);
  });

  it('lose only what was sent to a killed server before it was found dead', async () => {
    const [victim] = servers;
    const address = victim?.address ?? '';
    const picks = () => gateway.serin.metric(`serin_picks_total{endpoint="${address}"}`);
    const width = 4;
    const traffic = startTraffic(width, () => statusOf('lora-request'));
    await expect.poll(traffic.sent, { timeout: 30_000 }).toBeGreaterThan(50);
    const picksBefore = await picks();
    victim?.kill();
    await expect.poll(() => gateway.serin.freshness(address), { interval: 20, timeout: 10_000 }).toBe('dead');
    const known = traffic.sent();
    const picksAfter = await picks();
    await expect.poll(traffic.sent, { timeout: 30_000 }).toBeGreaterThan(known + 60);
    const failures = failuresOf(await traffic.end());
    expect(failures.filter(({ order }) => order >= known)).toEqual([]);
    expect(failures.length).toBeLessThanOrEqual(picksAfter - picksBefore + width);
  });
});
