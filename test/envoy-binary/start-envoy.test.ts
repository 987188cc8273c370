import { expect, test } from 'vitest';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { renderEnvoyConfig } from '../../src/envoy-binary/render-config.ts';
import { startEnvoy } from '../../src/envoy-binary/start-envoy.ts';
import { isAlive } from './is-alive.ts';
import { realEnvoy, shippedConfig } from './real-envoy.ts';

async function options(stop: AbortController) {
  const config = renderEnvoyConfig(await shippedConfig('envoy.yaml'), {
    listener: { host: '127.0.0.1', port: 0 },
    adminPort: 0,
    serin: { host: '127.0.0.1', port: 9 },
  });
  return { path: await realEnvoy(), config, concurrency: 1, signal: stop.signal };
}

test('starts a real Envoy on free ports, and ends it with the signal', async () => {
  const stop = new AbortController();
  const lines: string[] = [];
  const envoy = await startEnvoy({ ...(await options(stop)), onLine: (line) => lines.push(line) });
  expect(await adminPage(envoy.adminPort, '/ready')).toBe('LIVE\n');
  const answer = await fetch(`http://127.0.0.1:${envoy.listenerPort}/v1/models`);
  expect(answer.status).toBe(500);
  await expect.poll(() => lines).toContainEqual(expect.stringContaining('"path":"/v1/models"'));
  expect(isAlive(envoy.pid)).toBe(true);
  stop.abort();
  expect(await envoy.exited).toEqual({ kind: 'stopped' });
  expect(isAlive(envoy.pid)).toBe(false);
});

test('reports an Envoy that dies by itself', async () => {
  const stop = new AbortController();
  const envoy = await startEnvoy(await options(stop));
  process.kill(envoy.pid, 'SIGKILL');
  expect(await envoy.exited).toMatchObject({ kind: 'died' });
});

test('an Envoy that does not start is reported with what it said', async () => {
  const stop = new AbortController();
  const config = 'static_resources: { listeners: [{ nonsense: true }] }';
  const started = startEnvoy({ ...(await options(stop)), config });
  await expect(started).rejects.toThrow(/^Envoy did not start:\n(.*\n)*.*nonsense/);
});

test('a program that cannot be started is reported', async () => {
  const stop = new AbortController();
  const started = startEnvoy({ ...(await options(stop)), path: '/nowhere/envoy' });
  await expect(started).rejects.toThrow('ENOENT');
});
