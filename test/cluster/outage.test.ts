import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { writeKubeconfig } from '../sources/kubernetes/kubeconfig.ts';
import { createReadyPod } from './api.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { eventually } from './eventually.ts';
import {
  type Answer,
  flatPool,
  type LiveSerin,
  modelOf,
  serveOn,
  startLoopbackPods,
  untilPods,
} from './live-serin.ts';

const CRDS = join(import.meta.dirname, '../../manifests/crds');
const OUTAGE_MS = 30_000;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.establish('create', '-k', CRDS);
  await createReadyPod(cluster.api, 'p-1', '127.0.0.1');
});
afterAll(() => cluster.stop());

/** Asks without a pause; the result ends that and gives everything but good answers. */
function underLoad(
  serin: LiveSerin,
): () => Promise<{ readonly asked: number; readonly bad: readonly Answer[] }> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const bad: Answer[] = [];
  let asked = 0;
  const ask = async () => {
    while (!stop.signal.aborted) {
      const answer = await serin.ask();
      asked += 1;
      if (answer.pod === undefined) bad.push(answer);
    }
  };
  const loops = Promise.all([ask(), ask(), ask(), ask()]);
  return async () => {
    stop.abort();
    await loops;
    return { asked, bad };
  };
}

test('an API server that is gone for 30 s costs no request, and the change made after it is picked up', async () => {
  const port = await startLoopbackPods(['sql-lora', 'sql-lora-1']);
  await cluster.apply(`${flatPool(port)}---${modelOf({ 'sql-lora': 1 })}`);
  const serin = await serveOn(cluster);
  await untilPods(serin, ['127.0.0.1'], port);
  const end = underLoad(serin);
  await cluster.server.kill();
  // The outage is as long as the test says: nothing could be awaited instead.
  await sleep(OUTAGE_MS);
  const { oldForSeconds, kinds } = (await serin.view()).kubernetes;
  expect(oldForSeconds).toBeGreaterThan(OUTAGE_MS / 1000 - 5);
  expect(kinds.find(({ kind }) => kind === 'Pod')).toMatchObject({ state: 'old' });
  expect(JSON.parse(await serin.readPage('/readyz'))).toMatchObject({ ready: true });

  await cluster.server.restart();
  expect(await cluster.apply(modelOf({ 'sql-lora-1': 1 }))).toMatchObject({ code: 0 });
  await eventually(async () => expect(await serin.ask()).toMatchObject({ target: 'sql-lora-1' }));
  await eventually(async () => expect((await serin.view()).kubernetes).toMatchObject({ oldForSeconds: 0 }));
  const { asked, bad } = await end();
  expect(bad).toEqual([]);
  expect(asked).toBeGreaterThan(100);
}, 180_000);

test('while every watch is cut each 100 ms, edits still arrive and no request fails', async () => {
  const port = await startLoopbackPods(['sql-lora', 'sql-lora-1']);
  await cluster.apply(`${flatPool(port)}---${modelOf({ 'sql-lora': 1 })}`);
  const { url, ca, token } = cluster.server;
  const proxy = await startCuttingProxy(Number(new URL(url).port));
  const kubeconfig = await writeKubeconfig({
    server: `https://127.0.0.1:${proxy.port}`,
    cluster: { 'certificate-authority-data': Buffer.from(ca).toString('base64') },
    user: { token: token('admin') },
  });
  const serin = await serveOn(cluster, { kubeconfig });
  await untilPods(serin, ['127.0.0.1'], port);
  const end = underLoad(serin);
  const timer = setInterval(proxy.cut, 100);
  onTestFinished(() => clearInterval(timer));
  for (const target of ['sql-lora-1', 'sql-lora', 'sql-lora-1']) {
    await cluster.apply(modelOf({ [target]: 1 }));
    await eventually(async () => expect(await serin.ask()).toMatchObject({ target }));
  }
  clearInterval(timer);
  expect((await end()).bad).toEqual([]);
  await eventually(async () => expect((await serin.view()).kubernetes).toMatchObject({ oldForSeconds: 0 }));
}, 120_000);
