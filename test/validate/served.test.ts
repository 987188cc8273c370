import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../sources/files/following.ts';
import { all, faultsOf, MODEL, POOL, REWRITE, validate, validateFolder } from './validating.ts';

/** A pod that serves these models to whoever knows its key; it ends with the test. */
async function startPod(models: readonly string[], key?: string): Promise<string> {
  const server = createServer(({ headers }, response) => {
    const known = key === undefined || headers.authorization === `Bearer ${key}`;
    response.writeHead(known ? 200 : 401).end(JSON.stringify({ data: models.map((id) => ({ id })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('targets, when endpoints are given', () => {
  const text = all(POOL, MODEL('x'), REWRITE);

  test('are errors if no endpoint of the pool serves them', async () => {
    const pods = [await startPod(['b', 'base']), await startPod(['base'])].join(',');
    const missing = 'a.yaml:9:65: spec.targetModels[0].name: no endpoint serves a';
    const rewrite = 'a.yaml:18:19: spec.rules[0].targets[0].modelRewrite: no endpoint serves a';
    expect(await faultsOf(text, '--endpoints', pods)).toEqual([1, missing, rewrite]);
    const both = [await startPod(['a']), await startPod(['b'])].join(',');
    expect(await faultsOf(text, '--endpoints', both)).toEqual([0]);
  });

  test('are worth a note while they get nothing', async () => {
    const idle = all(POOL, MODEL('x').replace('weight: 1 }', 'weight: 1 }, { name: next, weight: 0 }'));
    expect(await faultsOf(idle, '--endpoints', await startPod(['a']))).toEqual([
      0,
      'a.yaml:9:89: spec.targetModels[1].name: note: no endpoint serves next',
    ]);
  });

  test('include the name of a model that has no targets', async () => {
    const plain = MODEL('x').replace(', targetModels: [{ name: a, weight: 1 }]', '');
    expect(await faultsOf(all(POOL, plain), '--endpoints', await startPod(['a']))).toEqual([
      1,
      'a.yaml:9:9: spec.modelName: no endpoint serves m',
    ]);
  });

  test('are not judged while an endpoint does not say what it serves, which is an error', async () => {
    const locked = await startPod(['a'], 'key');
    const pods = `${await startPod(['b'])},${locked}`;
    expect(await faultsOf(text, '--endpoints', pods)).toEqual([
      1,
      `${locked}: /v1/models not read: status 401`,
    ]);
    const gone = await faultsOf(text, '--endpoints', '127.0.0.1:1');
    expect(gone).toEqual([1, '127.0.0.1:1: /v1/models not read: refused']);
    const { lines } = await validate({ 'a.yaml': text }, '--json', '--endpoints', '127.0.0.1:1');
    expect(JSON.parse(lines.join('')).findings).toEqual([
      { severity: 'error', endpoint: '127.0.0.1:1', message: '/v1/models not read: refused' },
    ]);
  });

  test('are asked for with a key', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.yaml'), text);
    await writeFile(join(folder, 'key'), 'key\n');
    const args = ['--endpoints', await startPod(['a', 'b'], 'key')];
    expect((await validateFolder(folder, ...args, '--model-server-api-key-file=FOLDER/key')).status).toBe(0);
    const none = await validateFolder(folder, ...args, '--model-server-api-key-file=FOLDER/none');
    expect(none.lines).toContainEqual(expect.stringMatching(/^none:1:1: .*no such file/));
  });

  test('are those of the pool whose labels an endpoints file gives', async () => {
    const folder = await makeFolder();
    await writeFile(
      join(folder, 'a.yaml'),
      all(POOL, MODEL('x'), POOL.replace('pool', 'p2').replace('vllm', 'two')),
    );
    const [, port] = (await startPod(['a'])).split(':');
    const list = (app: string) =>
      `endpoints: [{ address: 127.0.0.1, port: ${port}, labels: { app: ${app} } }]\n`;
    const file = join(await makeFolder(), 'pods.txt');
    await writeFile(file, list('vllm'));
    expect((await validateFolder(folder, '--endpoints-file', file)).status).toBe(0);
    await writeFile(file, list('two'));
    expect((await validateFolder(folder, '--endpoints-file', file)).lines).toContain(
      'a.yaml:9:34: spec.poolRef.name: note: no endpoint that was given is of this pool',
    );
    await writeFile(file, 'endpoints: [{ address: x }]\n');
    const { status, lines } = await validateFolder(folder, '--endpoints-file', file);
    expect([status, lines]).toEqual([
      1,
      expect.arrayContaining([expect.stringContaining('endpoints[0].address')]),
    ]);
  });

  test('are those of a pool that is named, where there are several', async () => {
    const two = all(POOL, MODEL('x'), POOL.replace('pool', 'p2'));
    const pod = await startPod(['b']);
    expect((await faultsOf(two, '--endpoints', pod, '--pool-name', 'pool'))[1]).toContain(
      'no endpoint serves a',
    );
    expect((await faultsOf(two, '--endpoints', pod, '--pool-name', 'p2'))[1]).toContain('is of this pool');
  });
});
