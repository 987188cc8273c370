/** The last of many texts, in memory that is taken at the start. */
export interface TextRing {
  /** Older texts make room. */
  readonly put: (text: string) => void;
  /** Decodes one after the other, the newest first. */
  readonly newestFirst: () => Iterable<string>;
}

/** What a ring is built from. */
export interface TextRingOptions {
  /** Texts at most. */
  readonly capacity: number;
  /** Bytes of all of them at most; a text that alone has more is not kept. */
  readonly bytes: number;
}

/**
 * Creates an empty ring. Texts lie in one buffer, one behind the other: as objects they would be what a process that
 * runs for long has most of, and the collector would look at all of them over and over.
 */
export function createTextRing({ capacity, bytes }: TextRingOptions): TextRing {
  // Filled, since the system gives no memory to what nobody has written to.
  const buffer = Buffer.allocUnsafeSlow(bytes).fill(0);
  const starts = new Uint32Array(capacity);
  const ends = new Uint32Array(capacity);
  /** Of the oldest text. */
  let first = 0;
  let count = 0;
  /** Where the next text begins. */
  let next = 0;

  function dropOldest(): void {
    first = (first + 1) % capacity;
    count -= 1;
  }

  /** Drops texts that begin there, as long as the oldest one does. */
  function dropWithin(from: number, to: number): void {
    for (; count > 0; dropOldest()) {
      const start = starts[first] ?? 0;
      if (start < from || start >= to) return;
    }
  }

  /** The oldest text lies behind the newest one, as long as the end of the buffer is not between them. */
  function makeRoom(length: number): void {
    if (next + length > bytes) {
      dropWithin(next, bytes);
      next = 0;
    }
    dropWithin(next, next + length);
    if (count === capacity) dropOldest();
  }

  return {
    put: (text) => {
      // An empty text has a place of its own too.
      const length = Math.max(1, Buffer.byteLength(text));
      if (capacity === 0 || length > bytes) return;
      makeRoom(length);
      const index = (first + count) % capacity;
      starts[index] = next;
      ends[index] = next + buffer.write(text, next);
      next += length;
      count += 1;
    },
    *newestFirst() {
      for (let back = 1; back <= count; back += 1) {
        const index = (first + count - back) % capacity;
        yield buffer.toString('utf8', starts[index], ends[index]);
      }
    },
  };
}
