import type { Segment } from '../request.ts';
import { BLOCK_TOKENS } from './pod-spec.ts';

/** Prompts' beginnings that are still in the KV cache, in blocks that no running request needs. */
export interface PrefixCache {
  /** How many tokens of a prompt need not be computed again. */
  readonly match: (segments: readonly Segment[]) => number;
  /** Keeps the segments of a prompt that was computed. */
  readonly keep: (segments: readonly Segment[]) => void;
  /** Drops what was used least recently until so many blocks hold the rest. */
  readonly shrinkTo: (blocks: number) => void;
}

/** Creates an empty cache; a segment is only found behind those before it, as in a chain of hashes. */
export function createPrefixCache(): PrefixCache {
  const held = new Map<string, number>();
  let blocks = 0;

  function touch({ key, tokens }: Segment): void {
    const before = held.get(key);
    const size = before ?? Math.floor(tokens / BLOCK_TOKENS);
    held.delete(key);
    held.set(key, size);
    if (before === undefined) blocks += size;
  }

  return {
    match: (segments) => {
      let tokens = 0;
      for (const segment of segments) {
        if (!held.has(segment.key)) break;
        tokens += Math.floor(segment.tokens / BLOCK_TOKENS) * BLOCK_TOKENS;
      }
      return tokens;
    },
    // Deepest first, so that the beginning is used last and stays longest.
    keep: (segments) => {
      for (const segment of segments.toReversed()) touch(segment);
    },
    shrinkTo: (most) => {
      for (const [key, size] of held) {
        if (blocks <= most) break;
        held.delete(key);
        blocks -= size;
      }
    },
  };
}
