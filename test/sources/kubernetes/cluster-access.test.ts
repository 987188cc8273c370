import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { getJson } from '../../../src/sources/kubernetes/answer.ts';
import { createOpenApi } from '../../../src/sources/kubernetes/api-server.ts';
import { findCluster } from '../../../src/sources/kubernetes/cluster-access.ts';
import { makeFolder } from '../files/following.ts';
import { writeKubeconfig } from './kubeconfig.ts';

const INSECURE = { 'insecure-skip-tls-verify': true };

/** A server that answers with the path and the credentials of each request. */
async function startEcho(): Promise<{ readonly url: string; readonly connections: () => number }> {
  let connections = 0;
  const server = createServer(({ url, headers }, response) =>
    response.end(JSON.stringify([url, headers.authorization ?? null])),
  );
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, connections: () => connections };
}

/** Asks the cluster of a kubeconfig for `/apis`. */
async function ask(kubeconfig: string | undefined): Promise<unknown> {
  const open = createOpenApi(await findCluster(kubeconfig));
  const answer = await getJson(open, '/apis', { timeoutMs: 5_000, signal: new AbortController().signal });
  return answer.kind === 'ok' ? answer.value : answer;
}

describe('a cluster is reached', () => {
  test('with the token of its kubeconfig, also below a path', async () => {
    const { url } = await startEcho();
    const kubeconfig = await writeKubeconfig({
      server: `${url}/k8s/clusters/c-1/`,
      cluster: INSECURE,
      user: { token: 'secret' },
    });
    expect(await ask(kubeconfig)).toEqual(['/k8s/clusters/c-1/apis', 'Bearer secret']);
  });

  test('with a name and password, and without any credentials', async () => {
    const { url: server } = await startEcho();
    const basic = await writeKubeconfig({
      server,
      cluster: INSECURE,
      user: { username: 'a', password: 'b' },
    });
    expect(await ask(basic)).toEqual(['/apis', `Basic ${btoa('a:b')}`]);
    expect(await ask(await writeKubeconfig({ server, cluster: INSECURE }))).toEqual(['/apis', null]);
  });

  test('where KUBECONFIG says, if no flag says it', async () => {
    const { url: server } = await startEcho();
    vi.stubEnv('KUBECONFIG', await writeKubeconfig({ server, cluster: INSECURE, user: { token: 'env' } }));
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await ask(undefined)).toEqual(['/apis', 'Bearer env']);
  });

  test('with the token of the moment where it is in a file', async () => {
    const { url: server } = await startEcho();
    const file = join(await makeFolder(), 'token');
    writeFileSync(file, 'first');
    const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile: file } } };
    const kubeconfig = await writeKubeconfig({ server, cluster: INSECURE, user });
    expect(await ask(kubeconfig)).toEqual(['/apis', 'Bearer first']);
    rmSync(file);
    expect(await ask(kubeconfig)).toEqual({ kind: 'failed', message: expect.stringContaining('ENOENT') });
  });

  test('over connections that are kept', async () => {
    const { url: server, connections } = await startEcho();
    const access = await findCluster(await writeKubeconfig({ server, cluster: INSECURE }));
    const open = createOpenApi(access);
    const options = { timeoutMs: 5_000, signal: new AbortController().signal };
    for (let n = 0; n < 5; n++) await getJson(open, '/apis', options);
    expect(connections()).toBe(1);
  });
});

test('one answer that does not come ends all idle connections, since they may have died with it', async () => {
  const dead = new Set<unknown>();
  const sockets = new Set<unknown>();
  const server = createServer(({ socket }, response) => {
    sockets.add(socket);
    if (!dead.has(socket)) response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = createOpenApi(await findCluster(await writeKubeconfig({ server: url, cluster: INSECURE })));
  const get = (timeoutMs: number) => getJson(open, '/', { timeoutMs, signal: new AbortController().signal });
  await Promise.all([get(5_000), get(5_000), get(5_000)]);
  expect(sockets.size).toBe(3);
  for (const socket of sockets) dead.add(socket);
  expect(await get(100)).toEqual({ kind: 'failed', message: 'no answer within 100 ms' });
  expect(await get(5_000)).toEqual({ kind: 'ok', value: {} });
});

describe('without a cluster', () => {
  test('the flag is named that is wrong', async () => {
    await expect(findCluster('/none')).rejects.toThrow('--kubeconfig: ENOENT');
    const file = join(await makeFolder(), 'kubeconfig');
    writeFileSync(file, 'clusters: []\n');
    await expect(findCluster(file)).rejects.toThrow(`--kubeconfig: ${file}: names no current cluster`);
  });

  test('no server on this machine is taken for one', async () => {
    const home = await makeFolder();
    for (const name of ['HOME', 'USERPROFILE']) vi.stubEnv(name, home);
    vi.stubEnv('KUBECONFIG', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(findCluster(undefined)).rejects.toThrow('there is no kubeconfig and this is no pod');
  });
});

test('the library of 88 MB is loaded in one place, and only where a cluster is read', () => {
  const root = join(import.meta.dirname, '../../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const loading = files.flatMap((name) => {
    const lines = readFileSync(join(root, name), 'utf8').split('\n');
    return lines.filter(
      (line) => line.includes('@kubernetes/client-node') && !line.startsWith('import type'),
    );
  });
  expect(loading.map((line) => line.trim())).toEqual([
    "const { KubeConfig } = await import('@kubernetes/client-node');",
  ]);
});
