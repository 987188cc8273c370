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
  let sum = 0;
  const add = (count: number) => () => {
    for (let at = 0; at < count; at += 1) sum += at;
  };
  const works = new Map([
    ['long', add(1_000_000)],
    ['short', add(1000)],
  ]);
  const turns = takeTurns(works, { rounds: 5, turnMs: 1 });
  expect(turns.us('long')).toBeGreaterThan(10 * turns.us('short'));
  expect(turns.ratio('long', 'short')).toBeGreaterThan(10);
  expect(turns.ratio('long', 'long')).toBe(1);
  expect(sum).toBeGreaterThan(0);
});
