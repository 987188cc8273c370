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
/**
 * As many of them are taken for all: no more than these could be told from those that were forgotten, and what is so
 * common, such as the beginning of every prompt, soon is on each pod.
 */
const MANY = 6;
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
  let sentBytes = new Uint32Array(LEAST_SLOTS);
  const found = createFound();

  function isHeld(at: number, slot: number): boolean {
    return ((sentBytes[slot] ?? 0) - (sentAt[at] ?? 0)) >>> 0 <= KEPT_BYTES;
  }

  /** Takes note of the pods that have a beginning and none that is longer; returns how many have it. */
  function collect(hash: number, length: number): number {
    const first = bucketOf(hash);
    let count = 0;
    for (let at = first; at < first + WAYS; at += 1) {
      if (hashesAt[at] === hash && note(at, length)) count += 1;
    }
    return count;
  }

  function note(at: number, length: number): boolean {
    const slot = slotsAt[at] ?? FREE;
    if (slot === FREE || !isHeld(at, slot)) return false;
    found.note(slot, length);
    return true;
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
      found.clear();
      const seed = seedOf(target);
      let common = 0;
      for (let place = hashes.length - 1; place >= 0 && common === 0; place -= 1) {
        const length = prefixBytes(place);
        if (collect(mixed(hashes[place] ?? 0, seed), length) >= MANY) common = length;
      }
      return { bytes: found.bytes(), longest: found.longest(), common };
    },
    sent: (slot, target, { prefix: { hashes }, bytes }) => {
      sentBytes = roomFor(sentBytes, slot);
      const seed = seedOf(target);
      const sent = ((sentBytes[slot] ?? 0) + bytes) >>> 0;
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
      sentBytes = roomFor(sentBytes, slot);
      sentBytes[slot] = (sentBytes[slot] ?? 0) + KEPT_BYTES + 1;
    },
  };
}

/** What was found of one prompt: bytes by slot, which are cleared for the next one without a look at all of them. */
function createFound() {
  let bytes = new Uint32Array(LEAST_SLOTS);
  const holders: number[] = [];
  return {
    bytes: () => bytes,
    /** The first one is noted first. */
    longest: () => bytes[holders[0] ?? 0] ?? 0,
    note: (slot: number, length: number) => {
      bytes = roomFor(bytes, slot);
      if ((bytes[slot] ?? 0) > 0) return;
      bytes[slot] = length;
      holders.push(slot);
    },
    clear: () => {
      for (const slot of holders) bytes[slot] = 0;
      holders.length = 0;
    },
  };
}

/** The same column, or a wider one if it has no place for a slot. */
function roomFor(column: Uint32Array<ArrayBuffer>, slot: number): Uint32Array<ArrayBuffer> {
  if (slot < column.length) return column;
  const wider = new Uint32Array(2 ** Math.ceil(Math.log2(slot + 1)));
  wider.set(column);
  return wider;
}

const LEAST_SLOTS = 16;
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
