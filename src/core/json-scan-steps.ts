import { beginField, endField, endKey, keepKey } from './json-scan-fields.ts';
import {
  AFTER_ITEM,
  AFTER_MEMBER,
  COLON,
  END,
  FIRST_ITEM,
  FIRST_KEY,
  fail,
  KEY,
  KEY_TOKEN,
  LITERAL_TOKEN,
  NO_TOKEN,
  NUMBER_TOKEN,
  type ScanMachine,
  STRING_TOKEN,
  VALUE,
} from './json-scan-machine.ts';
import { literalAt, numberEnd, plainNumberEnd, plainNumberItemsEnd, stringEnd } from './json-scan-tokens.ts';

// Every step returns the position after what it has read, and the chunk's length once the text is malformed.

/** Deeper texts are refused, so that brackets cannot fill the memory. */
const MAX_DEPTH = 512;

/** Goes on with the token inside which the chunk before ended. */
export function resume(machine: ScanMachine, chunk: Buffer): number {
  const { token } = machine;
  machine.token = NO_TOKEN;
  switch (token) {
    case KEY_TOKEN:
      return readKey(machine, chunk, 0);
    case STRING_TOKEN:
      return readString(machine, chunk, 0);
    case NUMBER_TOKEN:
      return readNumber(machine, chunk, 0);
    case LITERAL_TOKEN:
      return readLiteral(machine, chunk, 0);
    default:
      return 0;
  }
}

/** Passes over spaces: indented texts have them in long runs. */
export function skipSpaces(chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && chunk[at] === 0x20) at += 1;
  return at;
}

/** Passes over the comma of an object. */
export function expectKey(machine: ScanMachine, at: number): number {
  machine.expect = KEY;
  return at + 1;
}

/** Reads a key, or the rest of one, up to its closing quote. */
export function readKey(machine: ScanMachine, chunk: Buffer, at: number): number {
  const end = stringEnd(machine, chunk, at);
  if (end < 0) {
    machine.token = KEY_TOKEN;
    keepKey(machine, chunk.subarray(at));
    return chunk.length;
  }
  machine.expect = COLON;
  endKey(machine, chunk, { start: at, end: end - 1 });
  return end;
}

/** Reads a string, or the rest of one, up to its closing quote. */
export function readString(machine: ScanMachine, chunk: Buffer, at: number): number {
  const end = stringEnd(machine, chunk, at);
  if (end >= 0) return endValue(machine, chunk, end);
  machine.token = STRING_TOKEN;
  return chunk.length;
}

/** Reads a number from its first byte; in an array, all plain numbers up to the last. */
export function beginNumber(machine: ScanMachine, chunk: Buffer, at: number): number {
  if (machine.after[machine.depth] === AFTER_ITEM) {
    const item = plainNumberItemsEnd(chunk, at);
    if (item > at) {
      machine.expect = VALUE;
      return item;
    }
  }
  beginField(machine, 'number', machine.base + at);
  const end = plainNumberEnd(chunk, at);
  if (end >= 0) return endValue(machine, chunk, end);
  machine.numberState = 0;
  return readNumber(machine, chunk, at);
}

function readNumber(machine: ScanMachine, chunk: Buffer, at: number): number {
  const end = numberEnd(machine, chunk, at);
  if (end < 0) return malformed(machine, chunk, { at: -1 - end, problem: 'a broken number' });
  if (end < chunk.length) return endValue(machine, chunk, end);
  machine.token = NUMBER_TOKEN;
  return end;
}

/** Reads `true`, `false` or `null` from its first byte. */
export function beginLiteral(machine: ScanMachine, chunk: Buffer, at: number): number {
  const literal = literalAt(chunk[at] ?? 0);
  beginField(machine, literal, machine.base + at);
  machine.literal = literal;
  machine.literalRead = 0;
  return readLiteral(machine, chunk, at);
}

function readLiteral(machine: ScanMachine, chunk: Buffer, from: number): number {
  const { literal } = machine;
  for (let at = from; at < chunk.length; at += 1) {
    if (chunk[at] !== literal.charCodeAt(machine.literalRead)) {
      return malformed(machine, chunk, { at, problem: `a broken ${literal}` });
    }
    machine.literalRead += 1;
    if (machine.literalRead === literal.length) return endValue(machine, chunk, at + 1);
  }
  machine.token = LITERAL_TOKEN;
  return chunk.length;
}

/** Passes over `{`. */
export function openObject(machine: ScanMachine, chunk: Buffer, at: number): number {
  machine.expect = FIRST_KEY;
  machine.after[machine.depth + 1] = AFTER_MEMBER;
  return deeper(machine, chunk, at);
}

/** Passes over `[`. */
export function openArray(machine: ScanMachine, chunk: Buffer, at: number): number {
  machine.expect = FIRST_ITEM;
  machine.after[machine.depth + 1] = AFTER_ITEM;
  return deeper(machine, chunk, at);
}

function deeper(machine: ScanMachine, chunk: Buffer, at: number): number {
  if (machine.depth === MAX_DEPTH) {
    return malformed(machine, chunk, { at, problem: `nested too deeply (more than ${MAX_DEPTH} levels)` });
  }
  machine.depth += 1;
  return at + 1;
}

/** Passes over `}` or `]`. */
export function close(machine: ScanMachine, chunk: Buffer, at: number): number {
  machine.depth -= 1;
  return endValue(machine, chunk, at + 1);
}

function endValue(machine: ScanMachine, chunk: Buffer, end: number): number {
  machine.expect = machine.after[machine.depth] ?? END;
  return machine.depth > machine.watchedDepth ? end : endWatchedValue(machine, chunk, end);
}

function endWatchedValue(machine: ScanMachine, chunk: Buffer, end: number): number {
  if (machine.depth === 0) {
    machine.state = { kind: 'complete' };
    return end;
  }
  endField(machine, machine.base + end);
  return machine.state.kind === 'malformed' ? chunk.length : end;
}

/** Records a fault in the chunk. */
export function malformed(
  machine: ScanMachine,
  chunk: Buffer,
  fault: { readonly at: number; readonly problem: string },
): number {
  fail(machine, machine.base + fault.at, fault.problem);
  return chunk.length;
}
