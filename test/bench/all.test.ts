import { expect, test } from 'vitest';
import { type Callable, createAll } from '../../bench/all.ts';

const NAMES = [
  'targets',
  'transport',
  'latency',
  'profile',
  'json-scan',
  'codec',
  'pick',
  'snapshot',
  'scrape',
];
const { signal } = new AbortController();

/** Benchmarks that note how they were called; one of them breaks, and another fails. */
function createBenchmarks() {
  const called: (readonly string[])[] = [];
  const benchmark = (name: string): Callable => ({
    run: async (args) => {
      called.push([name, ...args]);
      if (name === 'latency') throw new Error('no Envoy');
      return name === 'pick' ? 1 : 0;
    },
  });
  return { called, benchmarks: new Map(NAMES.map((name) => [name, benchmark(name)])) };
}

test('all are run with what was asked for, whatever becomes of those before', async () => {
  const { called, benchmarks } = createBenchmarks();
  const said: string[] = [];
  expect(await createAll(benchmarks, (line) => said.push(line))(['--readme'], signal)).toBe(1);
  expect(called).toEqual(
    NAMES.map((name) => (name === 'transport' ? [name, '--rounds', '3', '--readme'] : [name, '--readme'])),
  );
  expect(said.slice(4, 7)).toEqual(['== latency', 'latency: no Envoy', '== latency took 0 s']);
});

test('--quick is what each of them makes of it', async () => {
  const { called, benchmarks } = createBenchmarks();
  await createAll(benchmarks, () => undefined)(['--quick'], signal);
  expect(called.map(([, ...args]) => args)).toEqual(NAMES.map(() => ['--quick']));
});

test('an earlier profile is for the profile alone', async () => {
  const { called, benchmarks } = createBenchmarks();
  await createAll(benchmarks, () => undefined)(['--before', 'x.json', '--out', 'y'], signal);
  expect(called.filter((call) => call.includes('--before'))).toEqual([
    ['profile', '--before', 'x.json', '--out', 'y'],
  ]);
});

test('an option that not all of them have is refused', async () => {
  const { called, benchmarks } = createBenchmarks();
  expect(await createAll(benchmarks, () => undefined)(['--sizes', '1K'], signal)).toBe(2);
  expect(called).toEqual([]);
});
