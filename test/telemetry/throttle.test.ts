import { expect, test } from 'vitest';
import { throttle } from '../../src/telemetry/throttle.ts';

test('at most one line a second is written, with the number of those left out before it', () => {
  const written: (readonly [string, number])[] = [];
  let nowMs = 0;
  const write = throttle<string>(
    () => nowMs,
    (line, leftOut) => written.push([line, leftOut]),
  );
  for (const [at, line] of [
    [0, 'a'],
    [1, 'b'],
    [999, 'c'],
    [1000, 'd'],
    [1500, 'e'],
    [5000, 'f'],
  ] as const) {
    nowMs = at;
    write(line);
  }
  expect(written).toEqual([
    ['a', 0],
    ['d', 2],
    ['f', 1],
  ]);
});
