import { describe, expect, test } from 'vitest';
import type { ExtProcLane } from '../../../bench/load/ext-proc-lane.ts';
import type { Lane, Outcome } from '../../../bench/load/lane.ts';
import { burst, closedLoop, openLoop } from '../../../bench/load/loops.ts';
import { createTally } from '../../../bench/load/tally.ts';

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
    await openLoop({ lanes: [lane], tally, nowMs }, { perSecond: 2000, forMs: 50 });
    expect(tally.result()).toMatchObject({ requests: 100, failures: {} });
    expect(noted.begun).toBe(100);
  });

  test('gives up when too many are open, which is a failure', async () => {
    const { lane } = createLane();
    const tally = createTally(nowMs);
    await openLoop({ lanes: [lane], tally, nowMs }, { perSecond: 40_000_000, forMs: 1 });
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
