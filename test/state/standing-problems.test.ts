import { expect, test } from 'vitest';
import { createStandingProblems } from '../../src/state/standing-problems.ts';

test('a problem stands since it was first told, until it is mended', () => {
  const clock = { ms: 1 };
  const problems = createStandingProblems(() => clock.ms);
  problems.stands('manifests', 'a.yaml:1:1: x');
  clock.ms = 2;
  problems.stands('manifests', 'a.yaml:1:1: x');
  problems.stands('kubernetes', 'a.yaml:1:1: x');
  const other = { source: 'kubernetes', text: 'a.yaml:1:1: x', sinceMs: 2 };
  expect(problems.all()).toEqual({
    problems: [{ source: 'manifests', text: 'a.yaml:1:1: x', sinceMs: 1 }, other],
    more: 0,
  });
  problems.mended('manifests', 'a.yaml:1:1: x');
  expect(problems.all()).toEqual({ problems: [other], more: 0 });
});

test('of many the oldest are listed, and the others counted', () => {
  const problems = createStandingProblems(() => 0);
  for (let index = 0; index < 60; index += 1) problems.stands('manifests', `${index}`);
  const { problems: listed, more } = problems.all();
  expect([listed.length, listed[0]?.text, more]).toEqual([50, '0', 10]);
});
