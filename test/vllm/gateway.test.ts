import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import { curlLine } from '../../src/demo/curl-line.ts';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { runCommand } from '../../src/envoy-binary/run-command.ts';
import { type Client, createClient, inParallel, servedModel } from '../e2e/client.ts';
import { type Gateway, startGateway } from '../e2e/gateway.ts';
import { ADAPTERS } from '../e2e/pod.ts';
import { API_KEY } from './servers.ts';
import { eventsOf } from './shape.ts';
import { endpointOn } from './snapshot.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import { adapterPath, killGroup } from './vllm-server.ts';

const CONFIGS = ['envoy.yaml', 'envoy-override-host.yaml'] as const;
const SERIN_FLAGS = { 'envoy.yaml': [], 'envoy-override-host.yaml': ['--fallback-endpoints', '1'] };
const PATIENCE = { timeout: 60_000, interval: 50 };
const AUTHORIZATION = `Bearer ${API_KEY}`;
const headers = { authorization: AUTHORIZATION };
const servers = inject('servers');
const [victim] = servers;
let folder: string;
let gateways: readonly Gateway[];
/** One whose Serin sees the bodies of responses. */
let reading: Gateway;
let admins: readonly Client[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-vllm-'));
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, API_KEY);
  const key = ['--model-server-api-key-file', keyFile];
  gateways = await Promise.all(
    CONFIGS.map((config) =>
      startGateway(servers, { config, headers, serin: [...key, ...SERIN_FLAGS[config]] }),
    ),
  );
  reading = await startGateway(servers, {
    headers,
    serin: [...key, '-v=4', '--inject-include-usage'],
    processing: { response_body_mode: 'FULL_DUPLEX_STREAMED' },
  });
  admins = servers.map(({ port }) => createClient(port, { headers }));
});
afterAll(async () => {
  for (const client of admins) client.close();
  await Promise.all([...gateways, reading].map((gateway) => gateway.stop()));
  await rm(folder, { recursive: true });
});

function gatewayOf(config: (typeof CONFIGS)[number]): Gateway {
  const gateway = gateways[CONFIGS.indexOf(config)];
  if (gateway === undefined) throw new Error(`no gateway with ${config}`);
  return gateway;
}

/** Waits until every request that is open now is settled, and some more are. */
async function settle(traffic: Traffic): Promise<number> {
  const mark = traffic.next();
  await expect.poll(() => traffic.settled(mark + 10), PATIENCE).toBe(true);
  return mark;
}

describe.each(CONFIGS)('two real vLLM servers behind Serin and Envoy, %s', (config) => {
  it("answer the seed's curl", async () => {
    const line = `${curlLine(gatewayOf(config).port)} -H 'Authorization: ${AUTHORIZATION}'`;
    const result = await runCommand('sh', ['-c', line], {
      env: process.env,
      signal: AbortSignal.timeout(60_000),
    });
    if (result.kind !== 'ended') throw new Error(result.problem);
    expect([result.code, result.stderr]).toEqual([0, expect.stringContaining('< HTTP/1.1 200 OK')]);
    const answer = JSON.parse(result.stdout);
    expect(answer).toMatchObject({ object: 'text_completion', choices: [{ text: expect.any(String) }] });
    expect(ADAPTERS).toContain(answer.model);
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
    expect(prompt_tokens).toBe('Write as if you were a critic: San Francisco'.length);
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  });

  it('serve one model name with ten adapters by weight, each request by the server that Serin picked', async () => {
    const { client, serin } = gatewayOf(config);
    const answers = await inParallel(300, 8, () => client.complete('lora-request', { max_tokens: 1 }));
    const models = answers.map(servedModel);
    expect([...new Set(models)].sort()).toEqual([...ADAPTERS].sort());
    const counts = ADAPTERS.map((adapter) => models.filter((model) => model === adapter).length);
    const expected = ADAPTERS.map(() => answers.length / ADAPTERS.length);
    expect(chiSquareP(counts, expected)).toBeGreaterThan(0.0001);
    for (const { address } of servers) {
      expect(await serin.metric(`serin_picks_total{endpoint="${address}"}`)).toBeGreaterThan(0);
    }
    expect(await serin.metric('serin_served_elsewhere_total')).toBe(0);
  });

  it.each([
    ['/v1/completions', { prompt: 'San Francisco' }],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'San Francisco' }] }],
  ])('stream %s event by event, with the usage at the end', async (path, asked) => {
    const pieces: string[] = [];
    const options = {
      max_tokens: 900,
      ignore_eos: true,
      stream: true,
      stream_options: { include_usage: true },
    };
    const answer = await gatewayOf(config).client.send({
      path,
      body: JSON.stringify({ model: 'lora-request', ...asked, ...options }),
      onData: (text) => pieces.push(text),
    });
    const events = eventsOf(answer.body);
    expect([answer.status, events.at(-1)]).toEqual([200, '[DONE]']);
    expect(events.at(-2)).toMatchObject({ choices: [], usage: { completion_tokens: 900 } });
    expect(pieces.length).toBeGreaterThan(1);
    const [, ...models] = new Set(
      events.slice(0, -1).map((event) => servedModel({ ...answer, body: JSON.stringify(event) })),
    );
    expect(models).toEqual([]);
  });
});

describe('two real vLLM servers behind Serin and Envoy', () => {
  it('exchange an adapter for a new one while requests run, and none of them fails', async () => {
    const { client, serin, manifests } = gatewayOf('envoy.yaml');
    const post = (path: string, body: object) =>
      Promise.all(admins.map((admin) => admin.send({ path, body: JSON.stringify(body) })));
    const traffic = startTraffic(client, 'lora-request', 6);
    await settle(traffic);
    await post('/v1/load_lora_adapter', { lora_name: 'sql-lora-9', lora_path: adapterPath('sql-lora') });
    const file = join(manifests, 'inferencemodel.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('name: tweet-summary-4', 'name: sql-lora-9'));
    await expect.poll(() => serin.targetsInForce('lora-request'), PATIENCE).toContain('sql-lora-9');
    const exchanged = await settle(traffic);
    await post('/v1/unload_lora_adapter', { lora_name: 'tweet-summary-4' });
    await expect
      .poll(async () => JSON.parse((await client.complete('tweet-summary-4')).body).error.code, PATIENCE)
      .toBe('model_not_found');
    const unloaded = await settle(traffic);
    const sent = await traffic.stop();
    expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
    expect(unloaded).toBeGreaterThan(exchanged);
    const served = new Set(sent.filter(({ number }) => number >= exchanged).map(({ model }) => model));
    expect([served.has('sql-lora-9'), served.has('tweet-summary-4')]).toEqual([true, false]);
    await writeFile(file, text);
    await post('/v1/load_lora_adapter', {
      lora_name: 'tweet-summary-4',
      lora_path: adapterPath('tweet-summary-4'),
    });
    await post('/v1/unload_lora_adapter', { lora_name: 'sql-lora-9' });
  });

  it('serve an adapter that one of them has unloaded from the other', async () => {
    const { client, serin } = gatewayOf('envoy-override-host.yaml');
    const models = async () => endpointOn(await serin.page('/debug/snapshot'), victim?.address ?? '').models;
    const adapter = { lora_name: 'sql-lora-3', lora_path: adapterPath('sql-lora-3') };
    await admins[0]?.send({ path: '/v1/unload_lora_adapter', body: JSON.stringify(adapter) });
    await expect.poll(models, PATIENCE).not.toContain('sql-lora-3');
    const answers = await inParallel(40, 4, () => client.complete('sql-lora-3', { max_tokens: 1 }));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    await admins[0]?.send({ path: '/v1/load_lora_adapter', body: JSON.stringify(adapter) });
    await expect.poll(models, PATIENCE).toContain('sql-lora-3');
  });

  it.each([
    ['/v1/completions', { prompt: 'San Francisco' }],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'San Francisco' }] }],
  ])(
    'tell Serin the usage of %s that its client does not ask for, and the first token after the headers',
    async (path, asked) => {
      const count = reading.serin.requests().length;
      const body = JSON.stringify({
        model: 'lora-request',
        ...asked,
        max_tokens: 300,
        ignore_eos: true,
        stream: true,
      });
      const answer = await reading.client.send({ path, body });
      expect(eventsOf(answer.body).at(-1)).toBe('[DONE]');
      expect(answer.body).not.toContain('"usage":{');
      await expect.poll(() => reading.serin.requests().length, PATIENCE).toBe(count + 1);
      const line = reading.serin.requests()[count];
      expect(line).toMatchObject({
        status: 200,
        streamed: true,
        promptTokens: expect.any(Number),
        completionTokens: 300,
        finishReason: 'length',
        end: 'complete',
      });
      const times = [line?.headersMs, line?.firstTokenMs, line?.durationMs].map(Number);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(new Set(times).size).toBe(3);
    },
  );

  it('lose one that is killed while requests run, and no request that is sent once it is known to be dead', async () => {
    const traffics = gateways.map(({ client }) => startTraffic(client, 'lora-request', 4));
    await Promise.all(traffics.map(settle));
    if (victim === undefined) throw new Error('no server to kill');
    killGroup(victim.pid);
    await expect.poll(() => adminPage(victim?.port ?? 0, '/health'), PATIENCE).toBeUndefined();
    const killed = traffics.map(({ next }) => next());
    for (const { serin } of gateways) {
      await expect.poll(() => serin.freshness(victim?.address ?? ''), PATIENCE).toBe('dead');
    }
    const known = traffics.map(({ next }) => next());
    await Promise.all(traffics.map(settle));
    const [direct = [], retried = []] = await Promise.all(traffics.map(({ stop }) => stop()));
    const failedSince = (sent: typeof direct, first = 0) =>
      sent.filter(({ number, status }) => number >= first && status !== 200);
    expect(failedSince(direct, known[0])).toEqual([]);
    // With override_host Envoy tries the other server, so that nobody has to know.
    expect(failedSince(retried, killed[1])).toEqual([]);
  });
});
