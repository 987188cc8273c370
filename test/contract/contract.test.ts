import { describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../server/transports.ts';
import type { Case } from './case.ts';
import { cutThroughCases } from './cut-through-cases.ts';
import { debugCases } from './debug-cases.ts';
import { runOverGrpc } from './grpc-driver.ts';
import type { Run } from './memory-driver.ts';
import { runInMemory } from './memory-driver.ts';
import { rejectionCases } from './rejection-cases.ts';
import { requestCases } from './request-cases.ts';
import { responseBodyCases } from './response-body-cases.ts';
import { responseCases } from './response-cases.ts';
import { usageCases } from './usage-cases.ts';

const TABLE = [
  ...requestCases,
  ...cutThroughCases,
  ...rejectionCases,
  ...responseCases,
  ...responseBodyCases,
  ...usageCases,
  ...debugCases,
];

function check(row: Case, run: Run): void {
  expect(run.replies).toEqual(row.steps.map((step) => step.expect));
  if (row.effects !== undefined) expect(run.effects).toEqual(row.effects);
  if (row.answer !== undefined) expect(run.answer).toEqual(row.answer);
  const { heldBytes, closedStreams } = run;
  expect({ heldBytes, closedStreams }).toEqual({ heldBytes: 0, closedStreams: 1 });
}

describe('the contract, in memory', () => {
  it.each(TABLE)('$name', (row) => check(row, runInMemory(row)));
});

describe.each(TRANSPORTS)('the contract, over gRPC on %s', (_name, transport) => {
  it.each(TABLE)('$name', async (row) => check(row, await runOverGrpc(row, transport)));
});
