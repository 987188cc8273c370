import { describe, expect, test } from 'vitest';
import type { ExtProcLane } from '../../../bench/load/ext-proc-lane.ts';
import type { Lane, Outcome } from '../../../bench/load/lane.ts';
import { burst, closedLoop, openLoop } from '../../../bench/load/loops.ts';
import { createTally } from '../../../bench/load/tally.ts';
import { seededRandom } from '../../core/seeded-random.ts';

const nowMs = () => performance.now();

/** A lane that answers in the next turn, and notes how many requests were open at most. */
function createLane(answer: () => Outcome = () => ({ kind: 'answered' })) {
  let open = 0;
  const noted = { begun: 0, mostOpen: 0, flushed: 0 };
  const lane: Lane = {
    begin: (onDone) => {
      noted.begun += 1;
      open += 1;
      noted.mostOpen = Math.max(noted.mostOpen, open);
      setImmediate(() => {
        open -= 1;
        onDone(answer());
      });
    },
    flush: () => {
      noted.flushed += 1;
    },
    expire: () => undefined,
    close: () => undefined,
  };
  return { lane, noted };
}

describe('a closed loop', () => {
  test('keeps so many requests open, shared by the lanes, and ends after so many', async () => {
    const [one, two] = [createLane(), createLane()];
    const tally = createTally(nowMs);
    const lanes = [one.lane, two.lane];
    await closedLoop({ lanes, tally, nowMs }, { concurrency: 6, forMs: 60_000, requests: 100 });
    expect(tally.result()).toMatchObject({ requests: 100, failures: {} });
    expect([one.noted.mostOpen, two.noted.mostOpen]).toEqual([3, 3]);
    expect(one.noted.begun + two.noted.begun).toBe(100);
  });

  test('ends when its time is over, with every request answered', async () => {
    const { lane, noted } = createLane();
    const tally = createTally(nowMs);
    await closedLoop({ lanes: [lane], tally, nowMs }, { concurrency: 2, forMs: 30, requests: 1e9 });
    expect(tally.result().requests).toBe(noted.begun);
  });

  test('gives up after a thousand failures, and counts them by reason', async () => {
    const { lane } = createLane(() => ({ kind: 'failed', reason: 'no' }));
    const tally = createTally(nowMs);
    await closedLoop({ lanes: [lane], tally, nowMs }, { concurrency: 1, forMs: 60_000, requests: 1e9 });
    expect(tally.result()).toMatchObject({ requests: 1000, failures: { no: 1000 }, p50Ms: 0 });
  });
});

test('after a failure the next request of a closed loop is written, though nothing was read', async () => {
  const waiting: ((outcome: Outcome) => void)[] = [];
  const lane: Lane = {
    ...createLane().lane,
    begin: (onDone) => void waiting.push(onDone),
    flush: () => {
      for (const done of waiting.splice(0)) setImmediate(done, { kind: 'failed', reason: 'no' });
    },
  };
  const tally = createTally(nowMs);
  await closedLoop({ lanes: [lane], tally, nowMs }, { concurrency: 2, forMs: 60_000, requests: 20 });
  expect(tally.result().failures).toEqual({ no: 20 });
});

describe('an open loop', () => {
  test('begins as many as the rate asks for, and waits for all', async () => {
    const { lane, noted } = createLane();
    const tally = createTally(nowMs);
    await openLoop({ lanes: [lane], tally, nowMs }, { perSecond: 2000, forMs: 50, random: seededRandom(1) });
    expect(tally.result()).toMatchObject({ requests: 100, failures: {} });
    expect(noted.begun).toBe(100);
  });

  test('begins each when it is due, after gaps that have no memory, on lanes drawn by lot', async () => {
    const begun: (readonly [number, number])[] = [];
    const due: number[] = [];
    let clockMs = 0;
    const lanes = [0, 1].map(
      (at): Lane => ({
        ...createLane().lane,
        begin: (onDone) => {
          begun.push([at, clockMs]);
          onDone({ kind: 'answered' });
        },
      }),
    );
    const counted = createTally(nowMs);
    const tally = { ...counted, note: (_: Outcome, begunMs: number) => void due.push(begunMs) };
    // A clock that goes on by 2 µs whenever it is read.
    const steadyMs = () => {
      clockMs += 0.002;
      return clockMs;
    };
    const limits = { perSecond: 10_000, forMs: 200, random: seededRandom(7) };
    await openLoop({ lanes, tally, nowMs: steadyMs }, limits);
    const gaps = due.map((atMs, at) => atMs - (due[at - 1] ?? 0));
    const share = (wanted: (gap: number) => boolean) => gaps.filter(wanted).length / gaps.length;
    expect(due.length).toBe(2000);
    expect(Math.round((due.at(-1) ?? 0) / 20)).toBe(10);
    // Of exponential gaps 63 % are shorter than their mean and 5 % longer than three times it.
    expect(share((gap) => gap < 0.1)).toBeCloseTo(0.632, 1);
    expect(share((gap) => gap > 0.3)).toBeCloseTo(0.05, 1);
    // None begins early, and none later than the few looks at the clock that a turn takes.
    expect(begun.filter(([, atMs], at) => atMs < (due[at] ?? 0) || atMs > (due[at] ?? 0) + 0.01)).toEqual([]);
    expect(counted.result().lateP99Ms).toBeLessThan(0.01);
    expect(begun.filter(([lane]) => lane === 0).length / 2000).toBeCloseTo(0.5, 1);
  });

  test('begins at the same moments with the same seed', async () => {
    const momentsOf = async (seed: number) => {
      const due: number[] = [];
      const tally = { ...createTally(nowMs), note: (_: Outcome, begunMs: number) => void due.push(begunMs) };
      let clockMs = 0;
      const limits = { perSecond: 1e6, forMs: 0.1, random: seededRandom(seed) };
      await openLoop({ lanes: [createLane().lane], tally, nowMs: () => clockMs++ }, limits);
      return due;
    };
    const [first, again, other] = [await momentsOf(1), await momentsOf(1), await momentsOf(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('gives up when too many are open, which is a failure', async () => {
    const { lane } = createLane();
    const tally = createTally(nowMs);
    let clockMs = 0;
    const limits = { perSecond: 4e9, forMs: 0.01, random: seededRandom(1) };
    await openLoop({ lanes: [lane], tally, nowMs: () => clockMs++ }, limits);
    expect(tally.result()).toMatchObject({ requests: 20_001, failures: { 'the rate is too high': 1 } });
  });
});

test('a burst releases its bodies only when all of them are held back', async () => {
  const { lane } = createLane();
  const waiting: ((outcome: Outcome) => void)[] = [];
  const releasedAt: number[] = [];
  let polls = 0;
  const held: ExtProcLane = {
    ...lane,
    begin: (onDone) => void waiting.push(onDone),
    heldBack: () => {
      polls += 1;
      return Math.min(polls, waiting.length);
    },
    release: () => {
      releasedAt.push(polls);
      for (const done of waiting) done({ kind: 'answered' });
    },
  };
  const tally = createTally(nowMs);
  await burst({ lanes: [held], tally, nowMs }, { concurrency: 5 });
  expect(tally.result()).toMatchObject({ requests: 5, failures: {} });
  expect(releasedAt).toEqual([5]);
});
