import type { ScanMachine } from './json-scan-machine.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
/** Most strings are short, and a loop finds their end sooner than a call of `indexOf`. */
const SHORT = 32;

/**
 * Finds the end of a string: the position after its closing quote, or -1 if the chunk ends first. What the
 * string holds (escapes, control characters, UTF-8) is left to the model server: looking at every byte
 * would cost many times what the search for a quote costs, and cannot move the string's end.
 */
export function stringEnd(machine: ScanMachine, chunk: Buffer, from: number): number {
  let next = machine.escaped ? from + 1 : from;
  machine.escaped = false;
  for (let near = true; next < chunk.length; near = !near) {
    const quote = near ? nearQuote(chunk, next) : farQuote(chunk, next);
    if (quote >= 0) return quote + 1;
    next = -1 - quote;
  }
  // Past the end by one if the last byte escapes the first of the next chunk.
  machine.escaped = next > chunk.length;
  return -1;
}

/** The closing quote if it is near, or `-1 - position` from which to go on. */
function nearQuote(chunk: Buffer, from: number): number {
  const limit = Math.min(chunk.length, from + SHORT);
  let at = from;
  while (at < limit) {
    const byte = chunk[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return -1 - at;
}

/** The next quote if it closes the string, or `-1 - position` from which to go on. */
function farQuote(chunk: Buffer, from: number): number {
  const found = chunk.indexOf(QUOTE, from);
  const end = found < 0 ? chunk.length : found;
  if (isEscaped(chunk, from, end)) return -1 - (end + 1);
  return found < 0 ? -1 - end : found;
}

/** True if the bytes `[from, end)` end with an odd run of backslashes, whose last one escapes what follows. */
function isEscaped(chunk: Buffer, from: number, end: number): boolean {
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
 * The position after a number without exponent that ends within the chunk, or -1 for any other. Nearly all
 * numbers are such, and reading them takes no table.
 */
export function plainNumberEnd(chunk: Buffer, from: number): number {
  const whole = chunk[from] === MINUS ? from + 1 : from;
  let at = digitsEnd(chunk, whole);
  if (at === whole || at === chunk.length || (chunk[whole] === ZERO && at > whole + 1)) return -1;
  if (chunk[at] === POINT) {
    const fraction = at + 1;
    at = digitsEnd(chunk, fraction);
    if (at === fraction || at === chunk.length) return -1;
  }
  return CLASSES[chunk[at] ?? 0] === 0 ? at : -1;
}

/**
 * Passes over plain numbers that each have a comma after them, in one go: bodies of token ids hold little
 * else. Returns where the first other item is expected.
 */
export function plainNumberItemsEnd(chunk: Buffer, from: number): number {
  let item = from;
  while (item < chunk.length) {
    const end = plainNumberEnd(chunk, item);
    if (end < 0 || chunk[end] !== COMMA) break;
    item = end + 1;
    if (item < chunk.length && chunk[item] === SPACE) item += 1;
  }
  return item;
}

function digitsEnd(chunk: Buffer, from: number): number {
  let at = from;
  for (; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0;
    if (byte < ZERO || byte > NINE) break;
  }
  return at;
}

/** The literal that begins with a byte, which is one of `t`, `f` and `n`. */
export function literalAt(byte: number): 'true' | 'false' | 'null' {
  if (byte === 0x74) return 'true';
  return byte === 0x66 ? 'false' : 'null';
}
