import { describe, expect, it } from 'vitest';
import { runInMemory } from './memory-driver.ts';
import { rejectionCases } from './rejection-cases.ts';
import { requestCases } from './request-cases.ts';
import { responseCases } from './response-cases.ts';

const TABLE = [...requestCases, ...rejectionCases, ...responseCases];

describe('the contract, in memory', () => {
  it.each(TABLE)('$name', (row) => {
    const run = runInMemory(row);
    expect(run.replies).toEqual(row.steps.map((step) => step.expect));
    if (row.effects !== undefined) expect(run.effects).toEqual(row.effects);
    expect({ heldBytes: run.heldBytes, closedStreams: run.closedStreams }).toEqual({
      heldBytes: 0,
      closedStreams: 1,
    });
  });
});
