import { expect, test } from 'vitest';
import type { Outcome, RoundReport } from '../../src/demo/round.ts';
import { type RoundsDeps, runRounds } from '../../src/demo/rounds.ts';
import type { WantedWeight } from '../../src/demo/split.ts';
import { createWeightWatch } from '../../src/demo/weight-watch.ts';

const weightsOf = (a: number, b: number): readonly WantedWeight[] => [
  { target: 'a', weight: a },
  { target: 'b', weight: b },
];

/** A Serin of a few lines: its weights can be edited, and it serves targets in turn by a pattern. */
function createWorld(overrides: Partial<RoundsDeps> = {}) {
  const world = { weights: weightsOf(50, 50), pattern: ['a', 'b'], sent: 0, reads: 0 };
  const reports: RoundReport[] = [];
  const progress: number[] = [];
  const deps: RoundsDeps = {
    send: async (): Promise<Outcome> => {
      world.sent += 1;
      return { kind: 'served', target: world.pattern[world.sent % world.pattern.length] ?? '', pod: 'p' };
    },
    weights: createWeightWatch(async () => {
      world.reads += 1;
      return world.weights.map((weight) => ({ ...weight }));
    }),
    pods: ['p', 'q'],
    onProgress: (done) => progress.push(done),
    onReport: (report) => reports.push(report),
    ...overrides,
  };
  return { world, reports, progress, deps };
}

const never = new AbortController().signal;

test('one round sends as many requests as asked for and reports them', async () => {
  const { reports, progress, deps } = createWorld();
  const report = await runRounds({ requests: 100, rounds: 'one' }, deps, never);
  expect(report).toEqual({
    requests: 100,
    targets: [
      { target: 'a', weight: 50, wanted: 0.5, requests: 50, observed: 0.5 },
      { target: 'b', weight: 50, wanted: 0.5, requests: 50, observed: 0.5 },
    ],
    pods: [
      { pod: 'p', requests: 100 },
      { pod: 'q', requests: 0 },
    ],
    verdict: { kind: 'fits', p: 1 },
  });
  expect(reports).toEqual([report]);
  expect(progress).toEqual(Array.from({ length: 101 }, (_, i) => i));
});

test('a split that is not the weights’ split is found', async () => {
  const { world, deps } = createWorld();
  world.pattern = ['a', 'a', 'a', 'b'];
  const { verdict } = await runRounds({ requests: 200, rounds: 'one' }, deps, never);
  expect(verdict.kind).toBe('differs');
});

test('an edit after a round brings another round with the new weights', async () => {
  const stop = new AbortController();
  const { world, reports, deps } = createWorld({
    onReport: (report) => {
      reports.push(report);
      if (reports.length === 2) stop.abort(new Error('seen enough'));
      world.weights = weightsOf(90, 10);
      world.pattern = [...'aaaaaaaaab'];
    },
  });
  await expect(runRounds({ requests: 100, rounds: 'until_stopped' }, deps, stop.signal)).rejects.toThrow();
  expect(reports.map(({ targets }) => targets.map(({ weight, requests }) => [weight, requests]))).toEqual([
    [
      [50, 50],
      [50, 50],
    ],
    [
      [90, 90],
      [10, 10],
    ],
  ]);
});

test('an edit in the middle of a round starts the counts anew', async () => {
  const { world, deps, progress } = createWorld();
  const send = deps.send;
  const edited: RoundsDeps = {
    ...deps,
    send: async (signal) => {
      if (world.sent === 40) {
        world.weights = weightsOf(0, 100);
        world.pattern = ['b'];
        // The round goes on only once the watch has looked again.
        const before = world.reads;
        await expect.poll(() => world.reads).toBeGreaterThan(before);
      }
      return send(signal);
    },
  };
  const report = await runRounds({ requests: 100, rounds: 'one' }, edited, never);
  expect(report.targets.map(({ weight, requests }) => [weight, requests])).toEqual([
    [0, 0],
    [100, 100],
  ]);
  expect(progress.filter((done) => done === 0 || done === 100)).toEqual([0, 0, 100]);
});

test('stopping ends a round', async () => {
  const stop = new AbortController();
  const { deps } = createWorld({
    send: (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        stop.abort(new Error('stopped'));
      }),
  });
  await expect(runRounds({ requests: 10, rounds: 'one' }, deps, stop.signal)).rejects.toThrow('stopped');
});
