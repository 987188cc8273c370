import type { ScanMachine } from './json-scan-machine.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Most strings are short, and a loop finds their end sooner than a call of `indexOf`. */
const SHORT = 32;

/**
 * Finds the end of a string: the position after its closing quote, or -1 if the chunk ends first. Escapes
 * are only passed over; whether they are valid is the model server's business.
 */
export function stringEnd(machine: ScanMachine, chunk: Uint8Array, from: number): number {
  let at = from;
  if (machine.escaped) {
    machine.escaped = false;
    at += 1;
  }
  const limit = Math.min(chunk.length, at + SHORT);
  while (at < limit) {
    const byte = chunk[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) break;
    at += 1;
  }
  return at >= chunk.length ? unfinished(machine, chunk, at) : longStringEnd(machine, chunk, at);
}

function longStringEnd(machine: ScanMachine, chunk: Uint8Array, from: number): number {
  // A plain Uint8Array has no fast search of its own; a view costs nothing beside a long string.
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  let at = from;
  let quote = -1;
  let backslash = -1;
  while (at < bytes.length) {
    if (quote < at) quote = indexOrEnd(bytes, QUOTE, at);
    if (backslash < at) backslash = indexOrEnd(bytes, BACKSLASH, at);
    if (quote < backslash) return quote + 1;
    at = backslash + 2;
  }
  return unfinished(machine, chunk, at);
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? bytes.length : found;
}

/** The chunk ended inside the string; past its end by one means that it ended on a backslash. */
function unfinished(machine: ScanMachine, chunk: Uint8Array, at: number): number {
  machine.escaped = at === chunk.length + 1;
  return -1;
}

/** Bytes that occur in numbers, by class: 1 zero, 2 other digits, 3 point, 4 exponent, 5 plus, 6 minus. */
const CLASSES = (() => {
  const classes = new Uint8Array(256);
  classes[0x30] = 1;
  classes.fill(2, 0x31, 0x3a);
  classes[0x2e] = 3;
  classes[0x45] = 4;
  classes[0x65] = 4;
  classes[0x2b] = 5;
  classes[0x2d] = 6;
  return classes;
})();

/**
 * The grammar of a number as next states, `state * 8 + class`; 0 allows nothing. States: 1 minus, 2 leading
 * zero, 3 integer, 4 point, 5 fraction, 6 exponent, 7 its sign, 8 its digits.
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

/** The position after a number, the chunk's length if it may go on, or `-1 - position` of a broken byte. */
export function numberEnd(machine: ScanMachine, chunk: Uint8Array, from: number): number {
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

/** The literal that begins with a byte. */
export function literalAt(byte: number): 'true' | 'false' | 'null' | undefined {
  switch (byte) {
    case 0x74:
      return 'true';
    case 0x66:
      return 'false';
    case 0x6e:
      return 'null';
    default:
      return undefined;
  }
}
