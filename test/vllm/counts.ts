import { expect } from 'vitest';
import type { Client } from '../e2e/client.ts';
import { samplesOf } from './families.ts';

/** What a request adds to counters and histograms, by name; only labels that tell something are in it. */
export interface Counts {
  readonly [name: string]: number;
}

const COMMON_LABELS = /(?:engine="0"|model_name="llama2"),?/g;
const COUNT = /^vllm:(\w+_(?:total|count|sum))\{(.*)\}$/;

/** Sends a completion to a server that has no other requests; leaves out what is measured in seconds. */
export async function countsOf(client: Client, body: object): Promise<Counts> {
  const read = async () => countsOn((await client.send({ method: 'GET', path: '/metrics' })).body);
  const before = await read();
  expect(await client.send({ body: JSON.stringify(body) })).toMatchObject({ status: 200 });
  const ended = 'e2e_request_latency_seconds_count';
  await expect.poll(async () => (await read())[ended]).toBeGreaterThan(before[ended] ?? 0);
  const added = Object.entries(await read()).map(
    ([name, value]) => [name, value - (before[name] ?? 0)] as const,
  );
  return Object.fromEntries(added.filter(([, more]) => more !== 0));
}

function countsOn(page: string): Counts {
  const counts = [...samplesOf(page)].flatMap(([sample, value]) => {
    const [, name = '', labels = ''] = COUNT.exec(sample) ?? [];
    if (name === '' || name.endsWith('_seconds_sum')) return [];
    const telling = labels.replaceAll(COMMON_LABELS, '').replace(/,$/, '');
    return [[telling === '' ? name : `${name}{${telling}}`, value] as const];
  });
  return Object.fromEntries(counts);
}
