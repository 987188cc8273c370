import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createShell } from '../../scripts/docker/shell.ts';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { createClient, inParallel, servedModel } from '../e2e/client.ts';
import { ADAPTERS } from '../e2e/pod.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROJECT = 'serin-test';
const shell = createShell(process.env, new AbortController().signal);
const client = createClient(8080);

/** Compose is a plug-in of the client, or a program of its own. */
async function compose(...args: readonly string[]): Promise<string> {
  const given = ['-p', PROJECT, '-f', join(ROOT, 'envoy/docker-compose.yml'), ...args];
  const plugin = (await shell.try('docker', ['compose', 'version'])).code === 0;
  return plugin ? shell.run('docker', ['compose', ...given]) : shell.run('docker-compose', given);
}

async function inspect(service: string, format: string): Promise<string> {
  const id = (await compose('ps', '-q', service)).trim();
  return (await shell.run('docker', ['inspect', '--format', format, id])).trim();
}

async function status(): Promise<number> {
  return client.complete('lora-request').then(
    (answer) => answer.status,
    () => 0,
  );
}

describe('the compose file', () => {
  beforeAll(async () => {
    await compose('up', '-d', '--no-build');
    await vi.waitFor(async () => expect(await status()).toBe(200), { timeout: 60_000, interval: 250 });
  });
  afterAll(async () => {
    client.close();
    await compose('down', '--volumes', '--remove-orphans');
  });

  it("answers the seed's request through port 8080 from one of its targets", async () => {
    const answer = await client.send({
      body: JSON.stringify({
        model: 'lora-request',
        prompt: 'Write as if you were a critic: San Francisco',
        max_tokens: 100,
        temperature: 0,
      }),
    });
    expect([answer.status, ADAPTERS.includes(servedModel(answer))]).toEqual([200, true]);
  });

  it('splits one model name over all ten targets', async () => {
    const answers = await inParallel(300, 8, () => client.complete('lora-request'));
    expect(new Set(answers.map(servedModel))).toEqual(new Set(ADAPTERS));
  });

  it.each(['serin', 'vllm-0', 'envoy'])(
    'runs %s as no root, on a file system that cannot be written',
    async (service) => {
      const format = '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}}';
      expect(await inspect(service, format)).toMatch(/^(65532|nonroot)(:65532)? true$/);
    },
  );

  it('goes on without a pod whose container is killed while requests run', async () => {
    const address = await inspect('vllm-1', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}');
    const traffic = inParallel(600, 8, status);
    await compose('kill', 'vllm-1');
    await expect.poll(() => stateOf(`${address}:8000`), { timeout: 20_000, interval: 50 }).not.toBe('fresh');
    const after = await inParallel(300, 8, status);
    expect(after.filter((code) => code !== 200)).toEqual([]);
    expect((await traffic).filter((code) => code === 200).length).toBeGreaterThan(300);
  });
});

/** The state of an endpoint as Serin shows it; `gone` once its address is no more among the pods. */
async function stateOf(address: string): Promise<string> {
  const page = JSON.parse((await adminPage(9090, '/debug/snapshot')) ?? '{}') as {
    readonly pools?: readonly {
      readonly endpoints: readonly { readonly address: string; readonly state: string }[];
    }[];
  };
  const endpoints = (page.pools ?? []).flatMap((pool) => pool.endpoints);
  return endpoints.find((endpoint) => endpoint.address === address)?.state ?? 'gone';
}

describe('after the compose file went down', () => {
  it('leaves no container and no network behind', async () => {
    const label = `label=com.docker.compose.project=${PROJECT}`;
    const containers = await shell.run('docker', ['ps', '--all', '--quiet', '--filter', label]);
    const networks = await shell.run('docker', ['network', 'ls', '--quiet', '--filter', label]);
    expect([containers.trim(), networks.trim()]).toEqual(['', '']);
  });
});
