import type { Http2Stream } from './stream.ts';

/** The open streams of a connection by their ids. */
export interface StreamTable<Owner> {
  readonly size: number;
  readonly get: (id: number) => Http2Stream<Owner> | undefined;
  /** Adds a stream whose id is not in the table. */
  readonly add: (stream: Http2Stream<Owner>) => void;
  /** False if there was none. */
  readonly delete: (id: number) => boolean;
  /** All of them as they are now, in no order. */
  readonly values: () => readonly Http2Stream<Owner>[];
}

const LEAST_SLOTS = 16;

/**
 * Creates an empty table, with open addressing in one array. It is no `Map`, since entries come and go with every
 * request: an outgrown table of a `Map` points to the next one for the sake of iterators, and one that a full
 * collection has moved to the old generation keeps all later tables, and the streams that were in them, alive until
 * the next full collection. Each scavenge then copied a fifth of what requests had left since the one before.
 */
export function createStreamTable<Owner>(): StreamTable<Owner> {
  let slots = emptySlots<Owner>(LEAST_SLOTS);
  let size = 0;

  /** How far behind its own slot a stream stands at `at`: clients' ids are odd, one after the other. */
  function way(id: number, at: number): number {
    return (at - (id >>> 1)) & (slots.length - 1);
  }

  /** Where the stream is; -1 if nowhere. One that stands nearer to its own slot would have made way for it. */
  function find(id: number): number {
    const mask = slots.length - 1;
    for (let at = (id >>> 1) & mask; ; at = (at + 1) & mask) {
      const found = slots[at];
      if (found?.id === id) return at;
      if (found === undefined || way(found.id, at) < way(id, at)) return -1;
    }
  }

  /** Streams that are farther from their own slots go first, so that every search ends soon (Robin Hood hashing). */
  function place(stream: Http2Stream<Owner>): void {
    const mask = slots.length - 1;
    let at = (stream.id >>> 1) & mask;
    for (let left = putIn(stream, at); left !== undefined; left = putIn(left, at)) at = (at + 1) & mask;
  }

  /** Puts a stream into a slot unless another has more right to it; returns who has to go on. */
  function putIn(stream: Http2Stream<Owner>, at: number): Http2Stream<Owner> | undefined {
    const found = slots[at];
    if (found !== undefined && way(found.id, at) >= way(stream.id, at)) return stream;
    slots[at] = stream;
    return found;
  }

  function resize(length: number): void {
    const before = slots;
    slots = emptySlots(length);
    for (const stream of before) if (stream !== undefined) place(stream);
  }

  /** Frees a slot, and moves up those behind it that are not in their own. */
  function free(at: number): void {
    const mask = slots.length - 1;
    let gap = at;
    for (let next = (gap + 1) & mask; ; next = (next + 1) & mask) {
      const stream = slots[next];
      if (stream === undefined || way(stream.id, next) === 0) break;
      slots[gap] = stream;
      gap = next;
    }
    slots[gap] = undefined;
  }

  return {
    get size() {
      return size;
    },
    get: (id) => {
      const at = find(id);
      return at < 0 ? undefined : slots[at];
    },
    add: (stream) => {
      if (size * 2 >= slots.length) resize(slots.length * 2);
      place(stream);
      size += 1;
    },
    delete: (id) => {
      const at = find(id);
      if (at < 0) return false;
      free(at);
      size -= 1;
      if (slots.length > LEAST_SLOTS && size * 16 < slots.length) resize(slots.length / 4);
      return true;
    },
    values: () => slots.filter((stream) => stream !== undefined),
  };
}

function emptySlots<Owner>(length: number): (Http2Stream<Owner> | undefined)[] {
  return new Array<Http2Stream<Owner> | undefined>(length).fill(undefined);
}
