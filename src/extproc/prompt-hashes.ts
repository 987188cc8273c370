import { crc32 } from 'node:zlib';
import type { PromptPrefix } from '../core/prompt-prefix.ts';
import { MOST_PREFIX_BYTES, MOST_PREFIXES, prefixBytes } from '../core/prompt-prefix.ts';

/** What is wanted of a prompt: a byte more than the longest beginning, since the last byte of a value closes it. */
export const WANTED_PROMPT_BYTES: number = MOST_PREFIX_BYTES + 1;

/**
 * Hashes the beginnings of a prompt, which is a value of JSON as it was written: the next turn of a conversation
 * begins with the same bytes, but for the last one. CRC-32 is enough, since two prompts with the same hash only cost
 * a pick its best pod, and none is as fast.
 */
export function hashPrompt(value: Uint8Array): PromptPrefix {
  const hashes: number[] = [];
  let hash = 0;
  for (let place = 0, from = 0; place < MOST_PREFIXES; place += 1) {
    const end = prefixBytes(place);
    if (end >= value.length) break;
    hash = crc32(value.subarray(from, end), hash);
    hashes.push(hash);
    from = end;
  }
  return { hashes };
}
