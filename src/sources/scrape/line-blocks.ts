/** Cuts a text that arrives in pieces behind its line feeds. */
export interface LineBlocks {
  readonly take: (piece: Buffer) => void;
  /** What follows the last line feed is a line too. */
  readonly end: () => void;
}

const LINE_FEED = 0x0a;

/**
 * Creates the cutter of one text. It hands on whole lines, as many at once as there are, without a copy but of
 * the line that a piece breaks off in; they are overwritten when `onLines` returns.
 */
export function createLineBlocks(onLines: (lines: Buffer) => void): LineBlocks {
  let carried = Buffer.alloc(0);
  let length = 0;

  function carry(part: Buffer): void {
    if (length + part.length > carried.length) {
      const larger = Buffer.allocUnsafe(2 * (length + part.length));
      carried.copy(larger, 0, 0, length);
      carried = larger;
    }
    part.copy(carried, length);
    length += part.length;
  }

  function handOver(): void {
    if (length > 0) onLines(carried.subarray(0, length));
    length = 0;
  }

  return {
    take: (piece) => {
      const firstEnd = length === 0 ? 0 : piece.indexOf(LINE_FEED) + 1;
      const lastEnd = piece.lastIndexOf(LINE_FEED) + 1;
      carry(piece.subarray(0, firstEnd));
      if (firstEnd > 0) handOver();
      if (lastEnd > firstEnd) onLines(piece.subarray(firstEnd, lastEnd));
      carry(piece.subarray(lastEnd));
    },
    end: handOver,
  };
}
