import { expect, test } from 'vitest';
import { asBuffer } from '../../src/core/as-buffer.ts';

test('bytes become a Buffer of the same memory, and a Buffer stays what it is', () => {
  const whole = Uint8Array.of(1, 2, 3, 4);
  const view = asBuffer(whole.subarray(1, 3));
  expect([...view]).toEqual([2, 3]);
  whole[1] = 9;
  expect(view[0]).toBe(9);
  expect(asBuffer(view)).toBe(view);
});
