import { expect, test } from 'vitest';
import { formatAddress } from '../../src/core/address.ts';
import { createSlots } from '../../src/state/slots.ts';

const a = formatAddress('10.0.0.1', 1);
const b = formatAddress('10.0.0.2', 1);
const c = formatAddress('10.0.0.3', 1);
const d = formatAddress('10.0.0.4', 1);

test('an address keeps its slot as long as it is served', () => {
  const slots = createSlots();
  expect([a, b, c, b, a].map(slots.slotOf)).toEqual([0, 1, 2, 1, 0]);
  expect(slots.retain(new Set([a, c]))).toEqual([1]);
  expect([c, a].map(slots.slotOf)).toEqual([2, 0]);
});

test('a freed slot is told once and given to the next address that joins', () => {
  const slots = createSlots();
  for (const joined of [a, b, c]) slots.slotOf(joined);
  expect(slots.retain(new Set([c]))).toEqual([0, 1]);
  expect(slots.retain(new Set([c]))).toEqual([]);
  expect([d, a, b].map(slots.slotOf)).toEqual([0, 1, 3]);
});
