import { expect, test } from 'vitest';
import type { AccessAsked, Reviewed } from '../../../src/sources/kubernetes/access-review.ts';
import { createKeptReviews } from '../../../src/sources/kubernetes/kept-reviews.ts';

const ASKED: AccessAsked = { token: 't', verb: 'get', path: '/debug/snapshot' };

/** Reviews that a test answers itself. */
function reviewing() {
  let nowMs = 0;
  const asked: AccessAsked[] = [];
  const answers: ((reviewed: Reviewed) => void)[] = [];
  const review = createKeptReviews({
    review: (one) => {
      asked.push(one);
      return new Promise((resolve) => answers.push(resolve));
    },
    keptMs: 10_000,
    now: () => nowMs,
  });
  return {
    review,
    asked,
    answer: (reviewed: Reviewed) => answers.shift()?.(reviewed),
    setNow: (ms: number) => {
      nowMs = ms;
    },
  };
}

test.each([[{ kind: 'allowed' }], [{ kind: 'stranger' }], [{ kind: 'forbidden', user: 'jane' }]] as const)(
  '%j holds for a while and is then asked for again',
  async (reviewed) => {
    const { review, asked, answer, setNow } = reviewing();
    const first = review(ASKED);
    answer(reviewed);
    expect(await first).toEqual(reviewed);
    setNow(9_999);
    expect(await review(ASKED)).toEqual(reviewed);
    expect(asked.length).toBe(1);
    setNow(10_000);
    const again = review(ASKED);
    answer({ kind: 'stranger' });
    expect(await again).toEqual({ kind: 'stranger' });
  },
);

test('a failure is not kept', async () => {
  const { review, asked, answer } = reviewing();
  const failed: Reviewed = { kind: 'failed', message: 'no answer' };
  const first = review(ASKED);
  answer(failed);
  expect(await first).toEqual(failed);
  const second = review(ASKED);
  answer({ kind: 'allowed' });
  expect(await second).toEqual({ kind: 'allowed' });
  expect(asked.length).toBe(2);
});

test('an answer is for one token, one verb and one path', async () => {
  const { review, asked, answer } = reviewing();
  const first = review(ASKED);
  answer({ kind: 'allowed' });
  await first;
  const others = [
    { ...ASKED, token: 'u' },
    { ...ASKED, verb: 'post' },
    { ...ASKED, path: '/debug' },
  ];
  const rest = others.map(review);
  for (const _ of others) answer({ kind: 'stranger' });
  expect(await Promise.all(rest)).toEqual(others.map(() => ({ kind: 'stranger' })));
  expect(asked).toEqual([ASKED, ...others]);
});

test('the same is asked once at a time, and not more than some things at once', async () => {
  const { review, asked, answer } = reviewing();
  const twice = [review(ASKED), review(ASKED)];
  const others = Array.from({ length: 15 }, (_, index) => review({ ...ASKED, token: `t${index}` }));
  expect(asked.length).toBe(16);
  const tooMany = { kind: 'failed', message: 'too many reviews at once' };
  expect(await review({ ...ASKED, token: 'one more' })).toEqual(tooMany);
  for (const _ of asked) answer({ kind: 'allowed' });
  expect(await Promise.all([...twice, ...others])).toEqual(Array(17).fill({ kind: 'allowed' }));
});

test('however many tokens are tried, the oldest answers make room', async () => {
  const { review, asked, answer } = reviewing();
  for (let index = 0; index <= 1000; index += 1) {
    const one = review({ ...ASKED, token: `t${index}` });
    answer({ kind: 'stranger' });
    await one;
  }
  expect(await review({ ...ASKED, token: 't1' })).toEqual({ kind: 'stranger' });
  expect(asked.length).toBe(1001);
  const gone = review({ ...ASKED, token: 't0' });
  answer({ kind: 'stranger' });
  await gone;
  expect(asked.length).toBe(1002);
});
