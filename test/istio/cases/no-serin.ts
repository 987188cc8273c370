import { expect } from 'vitest';
import { type Client, inParallel, servedModel } from '../../e2e/client.ts';
import { kubectl } from '../../node/kubectl.ts';
import { type Case, untilAnswer } from '../subject.ts';
import { startElsewhere } from './elsewhere.ts';

/** Does something while no Serin runs; `isGone` tells an answer without one. */
async function withoutSerin(
  client: Client,
  isGone: (status: number) => boolean,
  work: () => Promise<void>,
): Promise<void> {
  await kubectl('scale', 'deployment/serin', '--replicas=0');
  await kubectl('delete', 'pods', '-l', 'app=serin', '--force', '--grace-period=0');
  await untilAnswer(client, ({ status }) => isGone(status));
  try {
    await work();
  } finally {
    // The first of them answers sooner if the two do not start side by side.
    await kubectl('scale', 'deployment/serin', '--replicas=1');
  }
  await untilAnswer(client, ({ status }) => status === 200);
  await kubectl('scale', 'deployment/serin', '--replicas=2');
}

const list = { method: 'GET', path: '/v1/models' };

/** Failing closed. */
export const REFUSES: Case = {
  title: 'refuses every request while there is no Serin, and answers again after',
  run: ({ client, gateway }) =>
    withoutSerin(
      client,
      (status) => status === 500,
      async () => {
        const elsewhere = await startElsewhere();
        const sent = (await gateway.accessLog()).length;
        const posts = await inParallel(40, 4, () => client.complete('lora-request'));
        const gets = await inParallel(10, 1, () => client.send({ ...list, headers: elsewhere.headers }));
        expect(new Set([...posts, ...gets].map(({ status }) => status))).toEqual(new Set([500]));
        const log = async () => (await gateway.accessLog()).slice(sent);
        await expect.poll(async () => (await log()).length).toBeGreaterThanOrEqual(50);
        expect(new Set((await log()).map((entry) => entry.upstream_host))).toEqual(new Set([null]));
        expect(elsewhere.visits()).toBe(0);
        elsewhere.close();
      },
    ),
};

/** Failing open: what the stable adapter is called goes on, and only a pod can be reached. */
export const PASSES_ON: Case = {
  title: 'sends requests on to any pod while there is no Serin, under the name that the client sent',
  run: ({ client }) =>
    withoutSerin(
      client,
      (status) => status === 404,
      async () => {
        const elsewhere = await startElsewhere();
        const { headers } = elsewhere;
        const body = JSON.stringify({ model: 'sql-lora', prompt: 'x', max_tokens: 1 });
        const adapters = await inParallel(40, 4, () => client.send({ headers, body }));
        expect(new Set(adapters.map(({ status }) => status))).toEqual(new Set([200]));
        expect(new Set(adapters.map(servedModel))).toEqual(new Set(['sql-lora']));
        const gets = await inParallel(10, 1, () => client.send({ ...list, headers }));
        expect(new Set(gets.map(({ status }) => status))).toEqual(new Set([200]));
        // vLLM's own answer: it has no adapter of the virtual name.
        const virtual = await client.complete('lora-request');
        expect([virtual.status, JSON.parse(virtual.body).error.param]).toEqual([404, 'model']);
        expect(elsewhere.visits()).toBe(0);
        elsewhere.close();
      },
    ),
};
