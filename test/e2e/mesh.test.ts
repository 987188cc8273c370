import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/envoy-binary/run-command.ts';
import { inParallel, servedModel } from './client.ts';
import { envoyPath } from './gateway.ts';
import { meshConfig, wiring } from './mesh.ts';
import { type MeshStack, startMesh } from './mesh-stack.ts';
import { ADAPTERS } from './pod.ts';

const SPOOFED = 'x-gateway-destination-endpoint';
const OTHER = { host: 'other.com' };
const ASKING = '{"model":"sql-lora","prompt":"x","max_tokens":1}';

describe.each(['envoyfilter', 'original-dst', 'fail-open'])('manifests/istio/%s in a real Envoy', (name) => {
  let stack: MeshStack;
  beforeAll(async () => {
    stack = await startMesh({ objects: wiring(name) });
  });
  afterAll(() => stack.stop());

  it('splits one name over the adapters, and tells Serin which pod has served', async () => {
    const answers = await inParallel(100, 8, () => stack.client.complete('lora-request'));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const served = new Set(answers.map(servedModel));
    expect([...served].every((model) => ADAPTERS.includes(model))).toBe(true);
    expect(served.size).toBeGreaterThan(4);
    expect(await stack.serin.metric('serin_served_elsewhere_total')).toBe(0);
  });

  it('asks Serin about requests without a body too', async () => {
    const before = await stack.serin.metric('serin_requests_total');
    const { status } = await stack.client.send({ method: 'GET', path: '/v1/models' });
    expect([status, await stack.serin.metric('serin_requests_total')]).toEqual([200, before + 1]);
  });

  it('passes a stream of events and its end through', async () => {
    const { body } = await stack.client.complete('lora-request', { stream: true });
    expect(body).toContain('data: [DONE]');
  });

  it('goes to no address that a client names', async () => {
    // No pod, and it answers with another status.
    const headers = { [SPOOFED]: `127.0.0.1:${stack.serin.metricsPort}` };
    const answers = await inParallel(20, 4, () => stack.client.send({ headers, body: ASKING }));
    expect(answers.map(servedModel)).toEqual(answers.map(() => 'sql-lora'));
    expect(await stack.serin.metric('serin_served_elsewhere_total')).toBe(0);
  });

  it('lets every other host of the gateway pass without Serin', async () => {
    const before = await stack.serin.metric('serin_requests_total');
    const answer = await stack.client.send({ headers: OTHER, body: ASKING });
    expect([answer.status, await stack.serin.metric('serin_requests_total')]).toEqual([200, before]);
  });
});

describe('manifests/istio/original-dst-mtls', () => {
  it('is taken by a real Envoy, with the certificates of the agent that Istio has beside it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serin-mesh-'));
    const at = { host: '127.0.0.1', port: 1 };
    const path = join(folder, 'envoy.yaml');
    await writeFile(path, meshConfig({ objects: wiring('original-dst-mtls'), serin: [at], pods: [at] }));
    const options = { env: process.env, signal: AbortSignal.timeout(60_000) };
    const result = await runCommand(await envoyPath(), ['--mode', 'validate', '-c', path], options);
    expect(result).toMatchObject({ kind: 'ended', code: 0 });
    await rm(folder, { recursive: true });
  });
});

describe.each(['envoyfilter', 'original-dst'])('manifests/istio/%s without Serin', (name) => {
  it('refuses what Serin would pick for, and serves the other hosts', async () => {
    const stack = await startMesh({ objects: wiring(name) });
    await stack.stopSerin();
    const spoofing = { [SPOOFED]: stack.pods[0]?.address ?? '' };
    const answers = [
      await stack.client.complete('sql-lora'),
      await stack.client.send({ headers: spoofing, body: ASKING }),
      await stack.client.send({ method: 'GET', path: '/v1/models', headers: spoofing }),
      await stack.client.send({ headers: OTHER, body: ASKING }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 200]);
    await stack.stop();
  });
});

describe('manifests/istio/fail-open without Serin', () => {
  it('has any pod serve the stable adapter under its own name, and a name of an object alone is 404', async () => {
    const stack = await startMesh({ objects: wiring('fail-open'), example: 'canary' });
    await stack.stopSerin();
    const stable = await inParallel(30, 3, () => stack.client.complete('sql-lora'));
    expect(stable.map((answer) => [answer.status, servedModel(answer)])).toEqual(
      stable.map(() => [200, 'sql-lora']),
    );
    const { status } = await stack.client.complete('lora-request');
    expect([status, (await stack.client.send({ method: 'GET', path: '/v1/models' })).status]).toEqual([
      404, 200,
    ]);
    await stack.stop();
  });

  it('still goes to no address that a client names', async () => {
    const stack = await startMesh({ objects: wiring('fail-open') });
    await stack.stopSerin();
    const [victim] = stack.pods;
    const headers = { [SPOOFED]: victim?.address ?? '' };
    const outside = { [SPOOFED]: `127.0.0.1:${stack.serin.metricsPort}` };
    const answers = await inParallel(30, 1, (index) =>
      stack.client.send({ headers: index % 2 === 0 ? headers : outside, body: ASKING }),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    // Round robin: the named pod gets its share and no more.
    expect(stack.pods.map((pod) => pod.requests())).toEqual([10, 10, 10]);
    await stack.stop();
  });
});

describe('the component response-bodies', () => {
  it('has Serin count tokens, of events as they come and of JSON', async () => {
    const stack = await startMesh({ objects: wiring('envoyfilter', 'response-bodies') });
    const tokens = () => stack.serin.metric('serin_completion_tokens_total');
    await stack.client.complete('lora-request');
    await expect.poll(tokens).toBeGreaterThan(0);
    const before = await tokens();
    const events = { stream: true, stream_options: { include_usage: true } };
    const { body } = await stack.client.complete('lora-request', events);
    expect(body).toContain('data: [DONE]');
    await expect.poll(tokens).toBeGreaterThan(before);
    await stack.stop();
  });
});

describe('a replica of Serin that is gone', () => {
  it('costs no more than the requests that find it so', async () => {
    const stack = await startMesh({ objects: wiring('envoyfilter'), gone: 1 });
    const statuses = await inParallel(
      400,
      8,
      async () => (await stack.client.complete('lora-request')).status,
    );
    // Three in a row put it aside, and a stream that did not reach it is tried again.
    expect(statuses.filter((status) => status !== 200).length).toBeLessThanOrEqual(3);
    await stack.stop();
  });
});

describe('the component retry, with a pod killed under load', () => {
  it('fails no request but what that pod was already answering', { timeout: 120_000 }, async () => {
    const objects = wiring('envoyfilter', 'retry');
    const serin = ['--fallback-endpoints=2'];
    const stack = await startMesh({ objects, serin, fake: { timePerTokenMs: 2 } });
    const [victim] = stack.pods;
    const statuses = await inParallel(2_000, 24, async (index) => {
      if (index === 600) await victim?.kill();
      return stack.client.complete('lora-request').then(
        ({ status }) => status,
        () => 0,
      );
    });
    const failed = statuses.filter((status) => status !== 200).length;
    expect(failed).toBeLessThanOrEqual(victim?.answeringWhenKilled() ?? 0);
    expect(victim?.requests()).toBeGreaterThan(0);
    await stack.stop();
  });
});
