import type { SimRequest } from '../request.ts';

/** The beginnings of prompts that a picker has sent to one pod lately, in blocks. */
export interface PrefixIndex {
  /** The part of a prompt that the pod has seen, in whole blocks. */
  readonly part: (request: SimRequest) => number;
  /** Notes a prompt; what was used least recently goes, if all are more than so many blocks. */
  readonly record: (request: SimRequest, most: number) => void;
}

/** Creates an empty index with blocks of so many tokens. */
export function createPrefixIndex(blockTokens: number): PrefixIndex {
  /** By segment, the last used ones last. */
  const blocks = new Map<string, number>();
  let held = 0;

  function use(key: string, count: number): void {
    held += count - (blocks.get(key) ?? 0);
    blocks.delete(key);
    blocks.set(key, count);
  }

  return {
    part: ({ segments, promptTokens }) => {
      let tokens = 0;
      for (const segment of segments) {
        if (!blocks.has(segment.key)) break;
        tokens += segment.tokens;
      }
      const all = Math.floor(promptTokens / blockTokens);
      return all === 0 ? 0 : Math.min(1, Math.floor(tokens / blockTokens) / all);
    },
    record: ({ segments }, most) => {
      // The end of a prompt goes before its beginning, as in the cache itself.
      for (const { key, tokens } of segments.toReversed()) use(key, tokens / blockTokens);
      for (const [key, count] of blocks) {
        if (held <= most) break;
        blocks.delete(key);
        held -= count;
      }
    },
  };
}
