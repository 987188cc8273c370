import { expect, test } from 'vitest';
import { takeTurns } from '../../../bench/micro/turns.ts';

test('works take turns in every round, and the first rounds do not count', () => {
  const done: string[] = [];
  const note = (name: string) => () => {
    if (done.at(-1) !== name) done.push(name);
  };
  const turns = takeTurns(
    new Map([
      ['ours', note('ours')],
      ['floor', note('floor')],
    ]),
    { rounds: 4, turnMs: 0.1 },
  );
  expect(done).toEqual(Array.from({ length: 5 }, () => ['ours', 'floor']).flat());
  expect([turns.us('ours'), turns.ratio('ours', 'floor')]).toEqual([expect.any(Number), expect.any(Number)]);
});

test('a time is that of one repetition, and a ratio that of one round', () => {
  const spin = (us: number) => () => {
    const end = performance.now() + us / 1000;
    while (performance.now() < end);
  };
  const works = new Map([
    ['long', spin(200)],
    ['short', spin(20)],
  ]);
  const turns = takeTurns(works, { rounds: 9, turnMs: 1 });
  expect(turns.us('long')).toBeGreaterThanOrEqual(200);
  expect(turns.us('short')).toBeGreaterThanOrEqual(20);
  expect(turns.ratio('long', 'long')).toBe(1);
  expect(turns.ratio('long', 'short')).toBeGreaterThan(1);
});
