import type { PrefixHits, PromptPrefix } from '../core/prompt-prefix.ts';
import { prefixBytes } from '../core/prompt-prefix.ts';

/** Which pods have lately been sent which beginnings of prompts; another target's are others, as in vLLM's cache. */
export interface PrefixTable {
  /** How much pods have of a prompt; good until the next call. */
  readonly find: (target: string | undefined, prompt: PromptPrefix) => PrefixHits;
  /** Notes that a prompt of so many bytes goes to a pod; returns how many of them it has been sent before. */
  readonly sent: (slot: number, target: string | undefined, prompt: SentPrompt) => number;
  /** The pod's cache is empty, or another endpoint gets the slot. */
  readonly drop: (slot: number) => void;
}

/** A prompt that goes to a pod. */
export interface SentPrompt {
  readonly prefix: PromptPrefix;
  readonly bytes: number;
}

/** Pods that are remembered for one beginning, if no other falls to the same place. */
const WAYS = 8;
/** A power of two. With four numbers of 32 bits for each entry, the table takes a megabyte. */
const BUCKETS = 8192;
/**
 * A pod's cache is taken to keep a beginning until as much else was sent there: some 250 000 tokens. How much it
 * really holds differs by the model and the card, and matters little: a pod that has forgotten is as good as others.
 */
const KEPT_BYTES = 1 << 20;

/** Creates an empty table: a set-associative one of a fixed size, in which what was used least recently makes room. */
export function createPrefixTable(): PrefixTable {
  const column = () => new Uint32Array(BUCKETS * WAYS);
  const [hashesAt, slotsAt] = [column(), column().fill(FREE)];
  /** When an entry was last used, by the count of prompts, and what had been sent to its pod by then. */
  const [usedAt, sentAt] = [column(), column()];
  let uses = 0;
  /** Bytes that were ever sent, by slot, modulo 2^32. */
  const sentBytes: number[] = [];
  /** What was found last, and the slots of it. */
  const bytes: number[] = [];
  const holders: number[] = [];

  function isHeld(at: number, slot: number): boolean {
    return ((sentBytes[slot] ?? 0) - (sentAt[at] ?? 0)) >>> 0 <= KEPT_BYTES;
  }

  /** Takes note of the pods that have a beginning and none that is longer. */
  function collect(hash: number, length: number): void {
    const first = bucketOf(hash);
    for (let at = first; at < first + WAYS; at += 1) {
      if (hashesAt[at] === hash) note(at, length);
    }
  }

  function note(at: number, length: number): void {
    const slot = slotsAt[at] ?? FREE;
    if (slot === FREE || (bytes[slot] ?? 0) > 0 || !isHeld(at, slot)) return;
    bytes[slot] = length;
    holders.push(slot);
  }

  function isEntry(at: number, hash: number, slot: number): boolean {
    return hashesAt[at] === hash && slotsAt[at] === slot;
  }

  /** Where a pod has a beginning, or else the place to put it. */
  function placeOf(hash: number, slot: number): number {
    const first = bucketOf(hash);
    let oldest = first;
    for (let at = first; at < first + WAYS; at += 1) {
      if (isEntry(at, hash, slot)) return at;
      if ((usedAt[at] ?? 0) < (usedAt[oldest] ?? 0)) oldest = at;
    }
    return oldest;
  }

  return {
    find: (target, { hashes }) => {
      for (const slot of holders) bytes[slot] = 0;
      holders.length = 0;
      const seed = seedOf(target);
      for (let place = hashes.length - 1; place >= 0; place -= 1) {
        collect(mixed(hashes[place] ?? 0, seed), prefixBytes(place));
      }
      return { bytes, longest: bytes[holders[0] ?? 0] ?? 0 };
    },
    sent: (slot, target, { prefix: { hashes }, bytes: length }) => {
      const seed = seedOf(target);
      const sent = ((sentBytes[slot] ?? 0) + length) >>> 0;
      let known = 0;
      uses += 1;
      for (let place = 0; place < hashes.length; place += 1) {
        const hash = mixed(hashes[place] ?? 0, seed);
        const at = placeOf(hash, slot);
        if (isEntry(at, hash, slot) && isHeld(at, slot)) known = prefixBytes(place);
        hashesAt[at] = hash;
        slotsAt[at] = slot;
        usedAt[at] = uses;
        sentAt[at] = sent;
      }
      sentBytes[slot] = sent;
      return known;
    },
    drop: (slot) => {
      sentBytes[slot] = ((sentBytes[slot] ?? 0) + KEPT_BYTES + 1) >>> 0;
    },
  };
}

/** The slot of an entry that holds nothing. */
const FREE = 0xffff_ffff;

function bucketOf(hash: number): number {
  return (hash & (BUCKETS - 1)) * WAYS;
}

/** FNV-1a of a target's name. */
function seedOf(target = ''): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < target.length; at += 1) hash = Math.imul(hash ^ target.charCodeAt(at), 0x0100_0193);
  return hash;
}

/** Spreads a hash and a seed over all 32 bits, as the end of MurmurHash3 does. */
function mixed(hash: number, seed: number): number {
  let bits = Math.imul(hash ^ seed, 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
