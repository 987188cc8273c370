import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWindows, windowsJson } from '../../../src/state/windows/document.ts';
import { mergeWindows, type Window } from '../../../src/state/windows/window.ts';
import { createTestWindows, forwarded, rejected } from './recorded.ts';

/** The window of a minute that saw these requests, each for one of a few targets or refused. */
function windowOf(requests: readonly number[]): Window {
  const clock = { ms: 0 };
  const windows = createTestWindows(() => clock.ms);
  for (const each of requests) {
    clock.ms += each % 50;
    const usage = { promptTokens: each % 7, completionTokens: each % 11 };
    const more = { status: 200 + (each % 4) * 100, durationMs: each * 3, firstTokenMs: each, usage };
    windows.record(each % 5 === 0 ? rejected('overloaded') : forwarded(`target-${each % 3}`, more));
  }
  const [minute] = windows.read();
  if (minute === undefined) throw new Error('no window');
  return minute;
}

const window = fc.array(fc.nat(10_000), { maxLength: 30 }).map(windowOf);

test('windows of replicas add up to that of one that saw all', () => {
  const requests = fc.array(fc.tuple(fc.nat(10_000), fc.nat(2)), { maxLength: 60 });
  fc.assert(
    fc.property(requests, (all) => {
      const parts = [0, 1, 2].map((part) =>
        windowOf(all.flatMap(([each, to]) => (to === part ? [each] : []))),
      );
      const { series, rejections } = windowOf(all.map(([each]) => each));
      expect(mergeWindows(parts)).toMatchObject({ seconds: 60, series, rejections });
    }),
  );
});

test('their order and grouping make no difference, and one alone stays as it is', () => {
  fc.assert(
    fc.property(window, window, window, (a, b, c) => {
      const all = mergeWindows([a, b, c]);
      expect(mergeWindows([c, a, b])).toEqual(all);
      expect(mergeWindows([mergeWindows([a, b]), c])).toEqual(all);
      expect(mergeWindows([a, mergeWindows([b, c])])).toEqual(all);
      expect(mergeWindows([a])).toEqual(a);
    }),
  );
});

test('they come back from JSON as they were', () => {
  fc.assert(
    fc.property(window, (each) => {
      const told = { replica: 'r', windows: [each] };
      expect(readWindows(JSON.parse(JSON.stringify(windowsJson(told))))).toEqual(told);
    }),
  );
});

test('names that look like two are not taken for others', () => {
  const series = (model: string, target: string) => {
    const windows = createTestWindows(() => 0, { isNamed: () => true });
    windows.record(forwarded(target, { decided: { pool: 'a/b', route: 'weighted', model, target } }));
    return windows.read()[0] ?? windowOf([]);
  };
  expect(mergeWindows([series('x","y', 'z'), series('x', 'y","z')]).series).toHaveLength(2);
});

test('what is no document of this version is not read', () => {
  const json = { ...windowsJson({ replica: 'r', windows: [windowOf([1, 2, 3])] }) };
  expect(readWindows(json)).toBeDefined();
  const broken = [{ ...json, version: 2 }, { ...json, windows: [{}] }, [], null, 'x'];
  expect(broken.map(readWindows)).toEqual(broken.map(() => undefined));
});

test('more series than a replica has, and more windows, are not looked at', () => {
  const [window] = createTestWindows(() => 0).read();
  const looked: unknown[] = [];
  const entry = new Proxy({}, { get: (_, name) => void looked.push(name) });
  const told = (windows: readonly unknown[]) => readWindows({ version: 1, replica: 'r', windows });
  expect(told([{ ...window, series: Array(2_001).fill(entry) }])).toBeUndefined();
  expect(told(Array(11).fill(entry))).toBeUndefined();
  expect(looked).toEqual([]);
});
