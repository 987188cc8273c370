import { keepPiece } from '../core/keep-piece.ts';
import { sliceRange, splitChunks } from '../core/mutation.ts';

/** The memory that all held bodies share. */
export interface BufferBudget {
  /** Takes `bytes` from the budget; false if that would exceed it. */
  readonly reserve: (bytes: number) => boolean;
  readonly release: (bytes: number) => void;
}

/** The part of a body that has come and not gone on. */
export interface HeldBytes {
  /** Adds what has come. */
  readonly push: (bytes: Uint8Array) => void;
  /** Tells that what came last has to wait for more: short pieces are joined. */
  readonly wait: () => void;
  /** Bytes that have come, gone on or not. */
  readonly total: () => number;
  /** A range of the body that is still held. */
  readonly read: (start: number, end: number) => Uint8Array;
  /** Gives up what stands before `end`, and the offset in the body at which it begins. */
  readonly takeTo: (end: number) => { readonly chunks: readonly Uint8Array[]; readonly base: number };
  /** Pays for what is held of the body from `start` on; false if the budget does not allow it. */
  readonly pay: (start: number) => boolean;
  /** Gives all memory back; safe to call again. */
  readonly release: () => void;
}

/** Holds nothing at first. */
export function createHeldBytes(budget: BufferBudget): HeldBytes {
  let chunks: Uint8Array[] = [];
  let base = 0;
  let total = 0;
  let paid = 0;

  function pay(start: number): boolean {
    const held = total - Math.max(start, base);
    if (held > paid && !budget.reserve(held - paid)) return false;
    if (held < paid) budget.release(paid - held);
    paid = held;
    return true;
  }

  function wait(): void {
    const last = chunks.pop();
    if (last !== undefined) keepPiece(chunks, last);
  }

  /** Takes out what stands before `end`; the rest is joined, and keeps no chunk alive for a few bytes of it. */
  function cutAt(end: number): readonly Uint8Array[] {
    if (end === base) {
      // Nothing goes on, so all but what came last has been joined before.
      wait();
      return [];
    }
    const [before, after] = end === total ? [chunks, []] : splitChunks(chunks, end - base);
    chunks = [];
    for (const piece of after) keepPiece(chunks, piece);
    return before;
  }

  return {
    push: (bytes) => {
      total += bytes.length;
      if (bytes.length > 0) chunks.push(bytes);
    },
    wait,
    total: () => total,
    read: (start, end) => sliceRange(chunks, start - base, end - base),
    takeTo: (end) => {
      const taken = { chunks: cutAt(end), base };
      base = end;
      pay(end);
      return taken;
    },
    pay,
    release: () => {
      chunks = [];
      base = total;
      pay(total);
    },
  };
}
