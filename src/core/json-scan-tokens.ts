import type { ScanMachine } from './json-scan-machine.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Most strings are short, and a loop finds their end sooner than a call of `indexOf`. */
const SHORT = 32;

/**
 * Finds the end of a string: the position after its closing quote, or -1 if the chunk ends first. What the
 * string holds (escapes, control characters, UTF-8) is left to the model server: looking at every byte
 * would cost many times what the search for a quote costs, and cannot move the string's end.
 */
export function stringEnd(machine: ScanMachine, chunk: Buffer, from: number): number {
  let at = machine.escaped ? from + 1 : from;
  machine.escaped = false;
  for (;;) {
    for (const limit = Math.min(chunk.length, at + SHORT); at < limit; ) {
      const byte = chunk[at];
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    if (at >= chunk.length) {
      machine.escaped = at > chunk.length;
      return -1;
    }
    const quote = chunk.indexOf(QUOTE, at);
    const escaped = escapes(chunk, at, quote < 0 ? chunk.length : quote);
    if (quote < 0) {
      machine.escaped = escaped;
      return -1;
    }
    if (!escaped) return quote + 1;
    at = quote + 1;
  }
}

/** True if the bytes `[from, end)` end with an odd run of backslashes, the last of which escapes. */
function escapes(chunk: Buffer, from: number, end: number): boolean {
  let at = end;
  while (at > from && chunk[at - 1] === BACKSLASH) at -= 1;
  return (end - at) % 2 === 1;
}

/** Bytes that occur in numbers, by class: 1 zero, 2 other digits, 3 point, 4 exponent, 5 plus, 6 minus. */
const CLASSES = classTable();

function classTable(): Uint8Array {
  const classes = new Uint8Array(256);
  classes[0x30] = 1;
  classes.fill(2, 0x31, 0x3a);
  classes[0x2e] = 3;
  classes[0x45] = 4;
  classes[0x65] = 4;
  classes[0x2b] = 5;
  classes[0x2d] = 6;
  return classes;
}

/**
 * The grammar of a number as next states, at `state * 8 + class`; 0 allows nothing. States: 1 minus, 2 zero,
 * 3 integer, 4 point, 5 fraction, 6 exponent, 7 its sign, 8 its digits.
 */
const NEXT = Uint8Array.from(
  [
    [0, 2, 3, 0, 0, 0, 1, 0],
    [0, 2, 3, 0, 0, 0, 0, 0],
    [0, 0, 0, 4, 6, 0, 0, 0],
    [0, 3, 3, 4, 6, 0, 0, 0],
    [0, 5, 5, 0, 0, 0, 0, 0],
    [0, 5, 5, 0, 6, 0, 0, 0],
    [0, 8, 8, 0, 0, 7, 7, 0],
    [0, 8, 8, 0, 0, 0, 0, 0],
    [0, 8, 8, 0, 0, 0, 0, 0],
  ].flat(),
);

const WHOLE: readonly boolean[] = [false, false, true, true, false, true, false, false, true];

/** The position after a number, the chunk's length if it may go on, or `-1 - position` of a wrong byte. */
export function numberEnd(machine: ScanMachine, chunk: Buffer, from: number): number {
  let state = machine.numberState;
  let at = from;
  for (; at < chunk.length; at += 1) {
    const next = NEXT[state * 8 + (CLASSES[chunk[at] ?? 0] ?? 0)] ?? 0;
    if (next === 0) break;
    state = next;
  }
  machine.numberState = state;
  if (at === chunk.length) return at;
  const goesOn = CLASSES[chunk[at] ?? 0] !== 0;
  return goesOn || WHOLE[state] !== true ? -1 - at : at;
}

/**
 * The position after an integer that ends within the chunk, or -1 for any other number. Bodies of token
 * ids hold little else, and no table is needed for them.
 */
export function integerEnd(chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && isDigit(chunk[at])) at += 1;
  const leadingZero = chunk[from] === 0x30 && at > from + 1;
  const ends = at > from && at < chunk.length && !leadingZero && CLASSES[chunk[at] ?? 0] === 0;
  return ends ? at : -1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The literal that begins with a byte, which is one of `t`, `f` and `n`. */
export function literalAt(byte: number): 'true' | 'false' | 'null' {
  if (byte === 0x74) return 'true';
  return byte === 0x66 ? 'false' : 'null';
}
