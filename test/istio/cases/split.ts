import { expect } from 'vitest';
import { chiSquareP } from '../../../src/demo/chi-square.ts';
import { type Client, inParallel, servedModel } from '../../e2e/client.ts';
import { ADAPTERS } from '../../e2e/pod.ts';
import { kubectl, manifests } from '../../node/kubectl.ts';
import type { Case } from '../subject.ts';

const REQUESTS = 600;
const WIDTH = 8;
const UNLIKELY = 0.0001;

/** How many of some requests each adapter has served, in the order of `ADAPTERS`. */
async function served(client: Client, requests: number): Promise<readonly number[]> {
  const answers = await inParallel(requests, WIDTH, () => client.complete('lora-request'));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const models = answers.map(servedModel);
  return ADAPTERS.map((adapter) => models.filter((model) => model === adapter).length);
}

const isSql = (adapter: string | undefined) => adapter?.startsWith('sql-lora') === true;

async function shareOfSql(client: Client, requests: number): Promise<number> {
  const counts = await served(client, requests);
  return counts.filter((_, index) => isSql(ADAPTERS[index])).reduce((a, b) => a + b) / requests;
}

/** What a release is made of. */
export const SPLIT: readonly Case[] = [
  {
    title: 'splits one model name evenly over ten adapters',
    run: async ({ client }) => {
      const even = ADAPTERS.map(() => REQUESTS / ADAPTERS.length);
      expect(chiSquareP(await served(client, REQUESTS), even)).toBeGreaterThan(UNLIKELY);
    },
  },
  {
    title: 'follows the edit to nine in ten, and the way back',
    run: async ({ client }) => {
      await kubectl('apply', '-k', manifests('seed-canary'));
      await expect.poll(() => shareOfSql(client, 60)).toBeGreaterThan(0.75);
      const wanted = ADAPTERS.map((adapter) => REQUESTS * (isSql(adapter) ? 0.18 : 0.02));
      expect(chiSquareP(await served(client, REQUESTS), wanted)).toBeGreaterThan(UNLIKELY);
      await kubectl('apply', '-n', 'default', '-f', manifests('seed/inferencemodel.yaml'));
      await expect.poll(() => shareOfSql(client, 60)).toBeLessThan(0.7);
    },
  },
];
