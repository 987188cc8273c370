import type { PromptPrefix } from '../core/prompt-prefix.ts';
import { MOST_PREFIX_BYTES, MOST_PREFIXES, prefixBytes } from '../core/prompt-prefix.ts';

/** What is wanted of a prompt: a byte more than the longest beginning, since the last byte of a value closes it. */
export const WANTED_PROMPT_BYTES: number = MOST_PREFIX_BYTES + 1;

/**
 * Hashes the beginnings of a prompt, which is a value of JSON as it was written: the next turn of a conversation
 * begins with the same bytes, but for the last one. Two prompts with the same hash only cost a pick its best pod, so
 * it takes no more than two words of 32 bits that are multiplied side by side: a call of a native hash for each
 * boundary costs more. All boundaries are whole pairs of words.
 */
export function hashPrompt(value: Uint8Array): PromptPrefix {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  const hashes: number[] = [];
  let [even, odd] = [0, 0];
  for (let place = 0, at = 0; place < MOST_PREFIXES; place += 1) {
    const end = prefixBytes(place);
    if (end >= value.length) break;
    for (; at < end; at += 8) {
      even = Math.imul(even ^ view.getInt32(at, true), 0x9e37_79b1);
      even ^= even >>> 15;
      odd = Math.imul(odd ^ view.getInt32(at + 4, true), 0x85eb_ca6b);
      odd ^= odd >>> 13;
    }
    hashes.push((even ^ Math.imul(odd, 0xc2b2_ae35)) >>> 0);
  }
  return { hashes };
}
