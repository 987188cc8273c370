/** How a prompt begins: hashes of its bytes from the first one to each of some boundaries, as far as it reaches. */
export interface PromptPrefix {
  /** The shortest first; its length is `prefixBytes` of its place. 32 bits each. */
  readonly hashes: readonly number[];
}

/** How much of a prompt's beginning pods have lately been sent. */
export interface PrefixHits {
  /** In bytes, by slot; what is absent is 0. */
  readonly bytes: ArrayLike<number>;
  /** The most of them. */
  readonly longest: number;
}

/** How long a usual prompt is, in bytes: about 300 tokens. */
export const USUAL_PROMPT_BYTES = 1200;

/**
 * Boundaries: 256, 384, 512, 768 … bytes. The last one is 32 KiB: what a prompt has more of is taken to be alike,
 * and pictures do not cost by their bytes.
 */
export const MOST_PREFIXES = 15;

/** The length of a prompt's beginning, in bytes, by its place among those of the prompt. */
export function prefixBytes(place: number): number {
  return (place % 2 === 0 ? 256 : 384) << (place >> 1);
}

/** More of a prompt is not read. */
export const MOST_PREFIX_BYTES: number = prefixBytes(MOST_PREFIXES - 1);
