import { expect, test } from 'vitest';
import { createOpenCounts } from '../../src/state/open-counts.ts';

test('counts what is open by name, and never less than nothing', () => {
  const counts = createOpenCounts();
  for (const name of ['a', 'b', 'a']) counts.add(name, 1);
  counts.add('b', -1);
  counts.add('b', -1);
  counts.add('c', -1);
  expect(['a', 'b', 'c', 'd'].map(counts.at)).toEqual([2, 0, 0, 0]);
  expect([...counts.names()]).toEqual(['a']);
  counts.add('b', 3);
  expect([...counts.names()]).toEqual(['a', 'b']);
});

test('names with nothing open are forgotten once there are many', () => {
  const counts = createOpenCounts();
  counts.add('busy', 1);
  for (let name = 0; name < 1000; name += 1) {
    counts.add(`${name}`, 1);
    counts.add(`${name}`, -1);
    expect(counts.size()).toBeLessThan(110);
  }
  expect(['busy', '0', '999'].map(counts.at)).toEqual([1, 0, 0]);
});
