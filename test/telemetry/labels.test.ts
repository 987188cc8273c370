import { expect, test } from 'vitest';
import { createLabelCache } from '../../src/telemetry/labels.ts';

/** A metric that notes what is asked of it. */
function createMetric() {
  const asked: string[] = [];
  return {
    asked,
    labels: (...values: string[]) => {
      asked.push(`labels ${values.join()}`);
      return { values };
    },
    remove: (...values: string[]) => void asked.push(`remove ${values.join()}`),
  };
}

test('a child is asked for once per set of values', () => {
  const metric = createMetric();
  const cache = createLabelCache(metric);
  const child = cache.child('a', 'b');
  expect(cache.child('a', 'b')).toBe(child);
  expect(cache.child('ab', '')).not.toBe(child);
  expect(cache.child('c')).toEqual({ values: ['c'] });
  expect(metric.asked).toEqual(['labels a,b', 'labels ab,', 'labels c']);
});

test('a child that was removed is asked for anew', () => {
  const metric = createMetric();
  const cache = createLabelCache(metric);
  cache.child('a');
  cache.remove('a');
  cache.child('a');
  expect(metric.asked).toEqual(['labels a', 'remove a', 'labels a']);
});
