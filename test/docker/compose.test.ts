import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compose, PROJECT } from '../../scripts/docker/compose.ts';
import { createShell } from '../../scripts/docker/shell.ts';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { createClient, inParallel, servedModel } from '../e2e/client.ts';
import { ADAPTERS } from '../e2e/pod.ts';

const shell = createShell(process.env, new AbortController().signal);
const client = createClient(8080);

async function inspect(service: string, format: string): Promise<string> {
  const id = (await compose(shell, 'ps', '-q', service)).trim();
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
    await compose(shell, 'up', '-d', '--no-build');
    await vi.waitFor(async () => expect(await status()).toBe(200), { timeout: 60_000, interval: 250 });
  });
  afterAll(async () => {
    client.close();
    await compose(shell, 'down', '--volumes', '--remove-orphans');
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
    const address = `${await inspect('vllm-1', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}')}:8000`;
    let foundDead = false;
    let sent = 0;
    const traffic = inParallel(8, 8, async () => {
      while (!foundDead) {
        sent += 1;
        await status();
      }
    });
    await vi.waitFor(() => expect(sent).toBeGreaterThan(50), { timeout: 20_000 });
    await compose(shell, 'kill', 'vllm-1');
    await expect.poll(() => stateOf(address), { timeout: 20_000, interval: 20 }).toMatch(/^(dead|gone)$/);
    foundDead = true;
    await traffic;
    const after = await inParallel(300, 8, status);
    expect(after.filter((code) => code !== 200)).toEqual([]);
  });
});

/** The state of an endpoint as Serin shows it; `gone` once its address is no more among the pods. */
async function stateOf(address: string): Promise<string> {
  const text = await adminPage(9090, '/debug/snapshot');
  if (text === undefined) return 'unreachable';
  const page = JSON.parse(text) as {
    readonly pools: readonly {
      readonly endpoints: readonly { readonly address: string; readonly state: string }[];
    }[];
  };
  const endpoints = page.pools.flatMap((pool) => pool.endpoints);
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
