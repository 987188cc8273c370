import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parseMetrics } from '../../src/sources/scrape/parse-metrics.ts';
import { type Client, inParallel } from '../e2e/client.ts';
import { countsOf } from './counts.ts';
import { compareWithList, NOTHING_TO_SAY } from './difference.ts';
import { familiesOf, familyDifferences, samplesOf } from './families.ts';
import { FAMILY_DIFFERENCES, TWO_ANSWERS_DIFFERENCES } from './metric-differences.ts';
import { type Pair, startPair } from './simulator.ts';

let pair: Pair;
beforeAll(async () => {
  const [, spared] = inject('servers');
  pair = await startPair(spared);
});
afterAll(() => pair.close());

const COMPLETION = { model: 'sql-lora', prompt: [5, 6, 7], max_tokens: 4, ignore_eos: true };

async function page(client: Client): Promise<string> {
  return (await client.send({ method: 'GET', path: '/metrics' })).body;
}

test('the simulator shows the families, types, labels and bounds of a real server, but for the listed differences', async () => {
  // A real page lists some families only after a first request.
  for (const client of [pair.real, pair.fake]) await client.complete('sql-lora');
  const [expected, actual] = [familiesOf(await page(pair.real)), familiesOf(await page(pair.fake))];
  expect([...expected.keys()]).toContain('vllm:lora_requests_info');
  const found = familyDifferences(expected, actual);
  expect(compareWithList(found, FAMILY_DIFFERENCES)).toEqual(NOTHING_TO_SAY);
});

test('a real server tells what Serin reads alone, at the path that the README names', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, path = ''] = /`(\/metrics\/\?name[^`]*)`/.exec(readme) ?? [];
  const { body } = await pair.real.send({ method: 'GET', path });
  const wanted = [
    'num_requests_waiting',
    'num_requests_running',
    'kv_cache_usage_perc',
    'lora_requests_info',
  ];
  expect(new Set(familiesOf(body).keys())).toEqual(new Set(wanted.map((name) => `vllm:${name}`)));
  expect(parseMetrics(Buffer.from(body))).toEqual(parseMetrics(Buffer.from(await page(pair.real))));
});

test('the simulator counts a request as a real server does', async () => {
  const expected = await countsOf(pair.real, COMPLETION);
  expect(expected).toMatchObject({ generation_tokens_total: 4, request_params_max_tokens_sum: 4 });
  expect(await countsOf(pair.fake, COMPLETION)).toEqual(expected);
});

test('the simulator counts a request for two answers as a real server does, but for the listed differences', async () => {
  const body = { ...COMPLETION, n: 2 };
  const [expected, actual] = [await countsOf(pair.real, body), await countsOf(pair.fake, body)];
  expect(expected).toMatchObject({ generation_tokens_total: 8, request_params_n_sum: 2 });
  // Whether both answers are in the same steps of the engine is chance.
  const { iteration_tokens_total_count: _, ...compared } = { ...expected, ...actual };
  const found = Object.keys(compared)
    .filter((name) => expected[name] !== actual[name])
    .map((name) => `${name}: ${expected[name]}, simulated ${actual[name]}`);
  expect(compareWithList(found, TWO_ANSWERS_DIFFERENCES)).toEqual(NOTHING_TO_SAY);
});

test('both tell in their newest series which adapters have requests in flight', async () => {
  const adapters = ['sql-lora-3', 'tweet-summary'];
  const during = { max_lora: '10', running_lora_adapters: adapters, waiting_lora_adapters: adapters };
  const after = { max_lora: '10', running_lora_adapters: [], waiting_lora_adapters: [] };
  for (const client of [pair.real, pair.fake]) {
    let seen = false;
    const running = inParallel(adapters.length, adapters.length, async (index) => {
      const adapter = adapters[index] ?? '';
      while (!seen) await client.complete(adapter, { max_tokens: 500, ignore_eos: true });
    });
    await expect.poll(() => newestInfo(client), { timeout: 60_000, interval: 20 }).toEqual(during);
    seen = true;
    await running;
    await expect.poll(() => newestInfo(client), { timeout: 60_000 }).toEqual(after);
  }
});

/** The labels of the newest series of `vllm:lora_requests_info`; its value is the time when it was true. */
async function newestInfo(client: Client): Promise<object> {
  const all = [...samplesOf(await page(client))].filter(([series]) =>
    series.startsWith('vllm:lora_requests_info{'),
  );
  const [[newest] = ['']] = all.sort(([, one], [, other]) => other - one);
  const labels = [...newest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    name === 'max_lora'
      ? value
      : value
          .split(',')
          .filter((each) => each !== '')
          .sort(),
  ]);
  return Object.fromEntries(labels);
}
