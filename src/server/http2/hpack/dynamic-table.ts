import type { Field } from './field.ts';

/** The decoder's dynamic table (RFC 7541 §2.3.2): the newest entry has index 0. */
export interface DynamicTable {
  readonly get: (index: number) => Field | undefined;
  /** Adds an entry and evicts the oldest ones; one that is larger than the table only empties it (§4.4). */
  readonly add: (field: Field) => void;
  /** Sets the size in bytes and evicts what no longer fits (§4.3). */
  readonly resize: (maxBytes: number) => void;
}

/** Creates an empty table as a ring, since each new entry moves the index of every other. */
export function createDynamicTable(initialMaxBytes: number): DynamicTable {
  let ring: (Field | undefined)[] = new Array(64);
  let newest = 0;
  let count = 0;
  let bytes = 0;
  let maxBytes = initialMaxBytes;

  function at(index: number): number {
    return (newest - index + ring.length) % ring.length;
  }

  function evictTo(limit: number): void {
    while (bytes > limit) {
      const oldest = at(count - 1);
      bytes -= ring[oldest]?.size ?? 0;
      ring[oldest] = undefined;
      count -= 1;
    }
  }

  function grow(): void {
    const fields = Array.from({ length: count }, (_, age) => ring[at(count - 1 - age)]);
    ring = [...fields, ...new Array(ring.length)];
    newest = count - 1;
  }

  return {
    get: (index) => (index < count ? ring[at(index)] : undefined),
    add: (field) => {
      if (field.size > maxBytes) return evictTo(0);
      evictTo(maxBytes - field.size);
      if (count === ring.length) grow();
      newest = (newest + 1) % ring.length;
      ring[newest] = field;
      count += 1;
      bytes += field.size;
    },
    resize: (next) => {
      maxBytes = next;
      evictTo(next);
    },
  };
}
