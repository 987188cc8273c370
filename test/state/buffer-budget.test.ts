import { describe, expect, it } from 'vitest';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';

describe('createBufferBudget', () => {
  it('gives out as much as its limit, and no byte of a request that does not fit', () => {
    const budget = createBufferBudget(10);
    expect([budget.reserve(6), budget.reserve(5), budget.reserve(4), budget.used()]).toEqual([
      true,
      false,
      true,
      10,
    ]);
    budget.release(6);
    expect([budget.used(), budget.reserve(6)]).toEqual([4, true]);
  });
});
