import { expect, it } from 'vitest';
import { createSharedText } from '../../src/server/shared-text.ts';

/** Counts its own builds, and stands until it is told that time has passed. */
function createCounted() {
  const built: unknown[] = [];
  let pass: () => void = () => undefined;
  const edition = createSharedText({
    build: () => `build ${built.push({})}`,
    pause: () =>
      new Promise((resolve) => {
        pass = resolve;
      }),
  });
  return { edition, pass: () => pass(), builds: () => built.length };
}

it('is built once for all who ask while it stands', () => {
  const { edition } = createCounted();
  expect([edition().text, edition().text, edition().text]).toEqual(['build 1', 'build 1', 'build 1']);
});

it('is built anew for the first who asks after that, and for nobody if nobody does', async () => {
  const { edition, pass, builds } = createCounted();
  const { over } = edition();
  pass();
  await over;
  expect(builds()).toBe(1);
  expect([edition().text, edition().text, builds()]).toEqual(['build 2', 'build 2', 2]);
});

it('that could not be built is tried again by the next', () => {
  let fails = true;
  const edition = createSharedText({
    build: () => {
      if (fails) throw new Error('not yet');
      return 'built';
    },
    pause: () => new Promise(() => undefined),
  });
  expect(edition).toThrow('not yet');
  fails = false;
  expect(edition().text).toBe('built');
});
