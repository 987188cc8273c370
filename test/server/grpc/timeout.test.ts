import { expect, test } from 'vitest';
import { parseTimeout } from '../../../src/server/grpc/timeout.ts';

test.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['3S', 3000],
  ['200m', 200],
  ['1500u', 1.5],
  ['99999999n', 99.999999],
  ['0S', 0],
  ['100000000S', undefined],
  ['1', undefined],
  ['S', undefined],
  ['1s', undefined],
  ['-1S', undefined],
  ['', undefined],
])('%s is %s ms', (text, ms) => {
  const found = parseTimeout(text);
  if (ms === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(ms, 9);
});
