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
 * collection has moved to the old generation keeps all later tables, and every stream that was in them, alive until
 * the next full collection. Each scavenge then copied what thousands of requests had left, which took ten times as
 * long as a scavenge takes otherwise.
 */
export function createStreamTable<Owner>(): StreamTable<Owner> {
  let slots = emptySlots<Owner>(LEAST_SLOTS);
  let size = 0;

  /** Where the stream is, or the free slot where it would be: client streams have odd ids, one after the other. */
  function slotOf(id: number): number {
    const mask = slots.length - 1;
    let at = (id >>> 1) & mask;
    for (let found = slots[at]; found !== undefined && found.id !== id; found = slots[at])
      at = (at + 1) & mask;
    return at;
  }

  function resize(length: number): void {
    const before = slots;
    slots = emptySlots(length);
    for (const stream of before) if (stream !== undefined) slots[slotOf(stream.id)] = stream;
  }

  /** Moves up what stands behind a freed slot and was pushed there by what stood in it. */
  function closeGap(freed: number): void {
    const mask = slots.length - 1;
    let gap = freed;
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const stream = slots[at];
      if (stream === undefined) break;
      const way = (at - (stream.id >>> 1)) & mask;
      if (way < ((at - gap) & mask)) continue;
      slots[gap] = stream;
      gap = at;
    }
    slots[gap] = undefined;
  }

  return {
    get size() {
      return size;
    },
    get: (id) => slots[slotOf(id)],
    add: (stream) => {
      if (size * 2 >= slots.length) resize(slots.length * 2);
      slots[slotOf(stream.id)] = stream;
      size += 1;
    },
    delete: (id) => {
      const at = slotOf(id);
      if (slots[at] === undefined) return false;
      closeGap(at);
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
