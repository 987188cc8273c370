import { describe, expect, it } from 'vitest';
import type { Waiting } from '../../src/extproc/backlog.ts';
import { createBacklog } from '../../src/extproc/backlog.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';

function piece(bytes: Uint8Array): Waiting {
  return { kind: 'request-body', bytes, endOfStream: false, modes: undefined, subset: undefined };
}

describe('messages that come while a decision is held', () => {
  it('pay for their bytes and for themselves, and give all of it back when they are taken', () => {
    const budget = createBufferBudget(10_000);
    const backlog = createBacklog(budget);
    expect(backlog.add(piece(new Uint8Array(100)))).toBe(true);
    expect(backlog.add({ kind: 'request-trailers' })).toBe(true);
    expect([backlog.byteLength(), budget.used()]).toEqual([100, 612]);
    expect(backlog.take()).toEqual([piece(new Uint8Array(100)), { kind: 'request-trailers' }]);
    expect([backlog.take(), backlog.byteLength(), budget.used()]).toEqual([[], 0, 0]);
  });

  it('are refused past the budget, however few bytes they have', () => {
    const budget = createBufferBudget(1000);
    const backlog = createBacklog(budget);
    const empty = piece(new Uint8Array(0));
    expect([1, 2, 3, 4].map(() => backlog.add(empty))).toEqual([true, true, true, false]);
    expect(backlog.take()).toEqual([empty, empty, empty]);
  });

  it('keep no chunk of the socket alive for a few bytes of it', () => {
    const backlog = createBacklog(createBufferBudget(1 << 20));
    const socket = new Uint8Array(65_536);
    backlog.add(piece(socket.subarray(10, 20)));
    backlog.add(piece(socket.subarray(0, 8192)));
    const memory = backlog.take().map((kept) => kept.kind === 'request-body' && kept.bytes.buffer.byteLength);
    expect(memory).toEqual([10, 65_536]);
  });
});
