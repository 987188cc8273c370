/** Finds the blank lines of a stream of lines that is cut anywhere. */
export interface LineEnds {
  /** The position after the next blank line of the chunk, from a position on; -1 if none ends in it. */
  readonly eventEnd: (chunk: Buffer, from: number) => number;
  /** True if what was read last is a CR, to which an LF may still belong. */
  readonly isAfterCr: () => boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const NONE = Number.POSITIVE_INFINITY;

/** Starts at the beginning of a line. */
export function createLineEnds(): LineEnds {
  /** True while the current line has no byte. */
  let blank = true;
  /** True if the line before ended with a CR alone, as far as is known. */
  let bareCr = false;
  let afterCr = false;
  /** True if the chunk before ended in a blank line whose CR may be followed by its LF. */
  let open = false;
  /** Where the chunk has its next LF and CR: each search is made once, however many lines there are. */
  let lf = NONE;
  let cr = NONE;

  function lineEnd(chunk: Buffer, from: number): number {
    if (lf < from) lf = find(chunk, LF, from);
    if (cr < from) cr = find(chunk, CR, from);
    return Math.min(lf, cr);
  }

  /** Takes the LF of a line end whose CR was read before; gives the position after it. */
  function afterLineEnd(chunk: Buffer, at: number): number {
    if (!afterCr || at === chunk.length) return at;
    afterCr = false;
    if (chunk[at] !== LF) return at;
    bareCr = false;
    return at + 1;
  }

  /**
   * Takes the end of a blank line. The CR of a CRLF waits for its LF, so that no event goes without it; where lines
   * end with CR alone nothing more is to come.
   */
  function takeBlank(chunk: Buffer, end: number): number {
    if (chunk[end] === LF) return end + 1;
    afterCr = true;
    const next = afterLineEnd(chunk, end + 1);
    open = afterCr && !bareCr;
    return open ? -1 : next;
  }

  function eventEnd(chunk: Buffer, from: number): number {
    let line = afterLineEnd(chunk, from);
    if (open && !afterCr) {
      open = false;
      return line;
    }
    for (let end = lineEnd(chunk, line); end < NONE; end = lineEnd(chunk, line)) {
      const endsEvent = blank && end === line;
      blank = true;
      if (endsEvent) return takeBlank(chunk, end);
      bareCr = chunk[end] === CR;
      afterCr = bareCr;
      line = afterLineEnd(chunk, end + 1);
    }
    blank &&= line === chunk.length;
    return -1;
  }

  return {
    eventEnd: (chunk, from) => {
      if (from === 0) {
        lf = -1;
        cr = -1;
      }
      return eventEnd(chunk, from);
    },
    isAfterCr: () => afterCr,
  };
}

function find(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? NONE : at;
}
