import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { LIVE_STATUS } from '../../src/status/live-status.ts';
import { isAlive } from '../envoy-binary/is-alive.ts';
import { startDemo } from './running-demo.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/multi-lora');
let manifests = '';

beforeEach(async () => {
  manifests = await mkdtemp(join(tmpdir(), 'serin-demo-'));
  await cp(EXAMPLE, manifests, { recursive: true });
});
afterEach(() => rm(manifests, { recursive: true, force: true }));

/** Edits the example's InferenceModel to these targets. */
async function editWeights(weights: { readonly [target: string]: number }): Promise<void> {
  const path = join(manifests, 'inferencemodel.yaml');
  const model = parse(await readFile(path, 'utf8'));
  model.spec.targetModels = Object.entries(weights).map(([name, weight]) => ({ name, weight }));
  await writeFile(path, stringify(model));
}

const totals = (report: { readonly targets: readonly { readonly requests: number }[] }): number =>
  report.targets.reduce((sum, { requests }) => sum + requests, 0);

test('shows the split of the example over ten adapters and three pods, and exits', async () => {
  const demo = await startDemo(['--exit', '--json', '--requests', '600']);
  expect(await demo.exited).toBe(0);
  const report = JSON.parse(demo.results.join('\n'));
  expect(report).toMatchObject({ requests: 600, verdict: { kind: 'fits' } });
  expect(report.targets.map(({ weight }: { weight: number }) => weight)).toEqual(Array(10).fill(10));
  expect(totals(report)).toBe(600);
  expect(report.pods.map(({ requests }: { requests: number }) => requests > 0)).toEqual([true, true, true]);
}, 90_000);

test('names a live page, on which the requests of the round are with their tokens', async () => {
  const demo = await startDemo(['--requests', '60']);
  await demo.untilNote('Ctrl-C stops');
  const address = demo.notes.join('\n').match(/Watch it live: (\S+)/)?.[1] ?? '';
  expect(await (await fetch(address)).text()).toContain('<title>Serin</title>');
  const page = await fetch(new URL('debug/status', address));
  const [pool] = LIVE_STATUS.parse(await page.json()).pools;
  const figures = pool?.models.flatMap(({ targets }) => targets.map(({ windows }) => windows[0])) ?? [];
  const sumOf = (counted: 'requests' | 'withUsage') =>
    figures.reduce((sum, each) => sum + (each?.[counted] ?? 0), 0);
  expect([sumOf('requests'), sumOf('withUsage')]).toEqual([60, 60]);
  const asked = figures.filter((each) => each !== undefined && each.requests > 0);
  expect(asked.map((each) => each?.firstTokenMs !== undefined)).toEqual(asked.map(() => true));
}, 90_000);

test('exits with status 1 when the split is not there', async () => {
  await editWeights({ 'sql-lora': 0 });
  const demo = await startDemo(['--exit', '--requests', '60', '--manifests', manifests]);
  expect(await demo.exited).toBe(1);
  expect(demo.results.join('\n')).toContain('60 requests FAILED, the first with: status 503');
}, 90_000);

test('follows edits of the manifests until Ctrl-C, and leaves no process behind', async () => {
  const demo = await startDemo(['--json', '--requests', '300', '--manifests', manifests]);
  await demo.untilNote('curl -H "host: test.com"');
  await editWeights({ 'sql-lora': 90, 'sql-lora-2': 10 });
  await demo.untilResults(2);
  const [first, second] = demo.results.map((line) => JSON.parse(line));
  expect(first.targets).toHaveLength(10);
  expect(second).toMatchObject({
    requests: 300,
    targets: [
      { target: 'sql-lora', weight: 90, wanted: 0.9 },
      { target: 'sql-lora-2', weight: 10, wanted: 0.1 },
    ],
    verdict: { kind: 'fits' },
  });
  expect(totals(second)).toBe(300);
  await writeFile(join(manifests, 'inferencemodel.yaml'), 'kind: [');
  await demo.untilNote('inferencemodel.yaml:1:');
  const children = [...demo.children('serve'), ...demo.children('envoy')];
  expect(children.map(isAlive)).toEqual([true, true]);
  demo.kill('SIGINT');
  expect(await demo.exited).toBe(0);
  expect(children.map(isAlive)).toEqual([false, false]);
}, 90_000);

test.each(['envoy', 'serve'])(
  'ends with a word when %s dies, and takes the others along',
  async (name) => {
    const demo = await startDemo(['--requests', '50']);
    await demo.untilNote('Ctrl-C stops');
    const children = [...demo.children('serve'), ...demo.children('envoy')];
    for (const pid of demo.children(name)) process.kill(pid, 'SIGKILL');
    expect(await demo.exited).toBe(1);
    expect(demo.notes.join('\n')).toContain(`${name === 'envoy' ? 'Envoy' : 'Serin'} has ended by itself`);
    expect(children.map(isAlive)).toEqual([false, false]);
  },
  90_000,
);

test('SIGTERM in the middle of a round leaves no process behind', async () => {
  const demo = await startDemo(['--requests', '1000000']);
  await demo.untilNote('requests');
  const children = [...demo.children('serve'), ...demo.children('envoy')];
  demo.kill('SIGTERM');
  expect(await demo.exited).toBe(0);
  expect(children.map(isAlive)).toEqual([false, false]);
}, 90_000);

test('says that its port is taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const demo = await startDemo(['--exit'], port);
  expect(await demo.exited).toBe(1);
  expect([demo.results, demo.notes]).toEqual([
    [],
    [`Port ${port} is taken: stop what listens there, or choose another one with --port.`],
  ]);
  other.close();
}, 90_000);

test.each([
  [['--requests', '0'], "error: option '--requests <n>' argument '0' is invalid."],
  [['--requests', '1e3'], "error: option '--requests <n>' argument '1e3' is invalid."],
  [['--port', '70000'], "error: option '--port <port>' argument '70000' is invalid."],
])('refuses %j', async (args, message) => {
  const demo = await startDemo(args);
  expect(await demo.exited).toBe(1);
  expect(demo.notes.join('\n')).toContain(message);
});
