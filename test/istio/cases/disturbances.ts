import { expect } from 'vitest';
import { type Client, inParallel } from '../../e2e/client.ts';
import { kubectl, rolledOut } from '../../node/kubectl.ts';
import { faultsDuring, more, startTraffic } from '../../node/traffic.ts';
import { replacePod } from '../../node/vllm.ts';
import { applyObjects, deleteObjects } from '../objects.ts';
import type { Case, Subject } from '../subject.ts';

const ABORTED = 3_000;
const OTHER_HOST = 'other.test';

/** What the route of another host answers. */
async function otherAnswer({ client }: Subject): Promise<string> {
  const { body, headers } = await client.send({ method: 'GET', path: '/', headers: { host: OTHER_HOST } });
  return headers.location ?? body;
}

/** Clients that give up while others ask; gives the answers of both. */
async function storm(
  client: Client,
): Promise<{ readonly gaveUp: number; readonly failed: readonly number[] }> {
  const giveUp = async (): Promise<boolean> => {
    const body = JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 4 });
    return client.send({ body, signal: AbortSignal.timeout(10) }).then(
      () => false,
      () => true,
    );
  };
  const [gaveUp, others] = await Promise.all([
    inParallel(ABORTED, 24, giveUp),
    inParallel(600, 8, async () => (await client.complete('lora-request')).status),
  ]);
  return {
    gaveUp: gaveUp.filter((each) => each).length,
    failed: others.filter((status) => status !== 200),
  };
}

/** What happens around the requests. */
export const DISTURBANCES: readonly Case[] = [
  {
    title: 'loses no request while istiod pushes another host’s route, edit by edit',
    run: async (subject) => {
      const traffic = startTraffic(subject.client);
      for (const text of ['first.test', 'second.test', 'third.test', 'fourth.test']) {
        await applyObjects([subject.wiring.otherRoute(OTHER_HOST, text)]);
        await expect.poll(() => otherAnswer(subject)).toContain(text);
        await more(traffic, 20);
      }
      expect(await traffic.stop()).toEqual([]);
      await deleteObjects([subject.wiring.otherRoute(OTHER_HOST, 'any.test')]);
    },
  },
  {
    title: 'loses no request of others when 3000 clients give up',
    run: async ({ client }) => {
      const { gaveUp, failed } = await storm(client);
      expect(failed).toEqual([]);
      expect(gaveUp).toBeGreaterThan(ABORTED * 0.9);
    },
  },
  {
    title: 'loses no request while a pod of vLLM is deleted',
    run: async ({ client }) => expect(await faultsDuring(client, replacePod)).toEqual([]),
  },
  {
    title: 'loses no request while Serin is restarted',
    run: async ({ client }) => {
      const restart = async () => {
        await kubectl('rollout', 'restart', 'deployment/serin');
        await rolledOut('serin');
      };
      expect(await faultsDuring(client, restart)).toEqual([]);
    },
  },
];
