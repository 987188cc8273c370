import { beginField, endField, endKey, keepKey } from './json-scan-fields.ts';
import * as grammar from './json-scan-grammar.ts';
import {
  fail,
  KEY_TOKEN,
  LITERAL_TOKEN,
  NO_TOKEN,
  NUMBER_TOKEN,
  type ScanMachine,
  STRING_TOKEN,
} from './json-scan-machine.ts';
import { integerEnd, literalAt, numberEnd, stringEnd } from './json-scan-tokens.ts';

/** Deeper texts are refused, so that brackets cannot fill the memory. */
const MAX_DEPTH = 512;

/**
 * Reads one chunk. Every step returns the position after what it has read, and the chunk's length once the
 * text is found malformed.
 */
export function feed(machine: ScanMachine, chunk: Buffer): void {
  let at = resume(machine, chunk);
  while (at < chunk.length) {
    switch (grammar.ACTIONS[machine.expect * 256 + (chunk[at] ?? 0)]) {
      case grammar.SKIP:
        at += 1;
        break;
      case grammar.TO_VALUE:
        machine.expect = grammar.VALUE;
        at += 1;
        break;
      case grammar.TO_KEY:
        machine.expect = grammar.KEY;
        at += 1;
        break;
      case grammar.READ_KEY:
        at = readKey(machine, chunk, at + 1);
        break;
      case grammar.READ_STRING:
        beginField(machine, 'string', machine.base + at);
        at = readString(machine, chunk, at + 1);
        break;
      case grammar.READ_NUMBER:
        at = beginNumber(machine, chunk, at);
        break;
      case grammar.READ_LITERAL:
        at = beginLiteral(machine, chunk, at);
        break;
      case grammar.OPEN_OBJECT:
        beginField(machine, 'object', machine.base + at);
        at = open(machine, chunk, at);
        break;
      case grammar.OPEN_ARRAY:
        beginField(machine, 'array', machine.base + at);
        at = open(machine, chunk, at);
        break;
      case grammar.CLOSE:
        machine.depth -= 1;
        at = endValue(machine, chunk, at + 1);
        break;
      default:
        at = refuse(machine, chunk, at);
    }
  }
  machine.base += chunk.length;
}

/** Goes on with the token inside which the chunk before ended. */
function resume(machine: ScanMachine, chunk: Buffer): number {
  switch (machine.token) {
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

function readKey(machine: ScanMachine, chunk: Buffer, at: number): number {
  const end = stringEnd(machine, chunk, at);
  if (end < 0) {
    machine.token = KEY_TOKEN;
    keepKey(machine, chunk.subarray(at));
    return chunk.length;
  }
  machine.token = NO_TOKEN;
  machine.expect = grammar.COLON;
  endKey(machine, chunk, at, end - 1);
  return end;
}

function readString(machine: ScanMachine, chunk: Buffer, at: number): number {
  const end = stringEnd(machine, chunk, at);
  if (end >= 0) return endValue(machine, chunk, end);
  machine.token = STRING_TOKEN;
  return chunk.length;
}

function beginNumber(machine: ScanMachine, chunk: Buffer, at: number): number {
  beginField(machine, 'number', machine.base + at);
  const end = integerEnd(chunk, at);
  if (end >= 0) return endValue(machine, chunk, end);
  machine.numberState = 0;
  return readNumber(machine, chunk, at);
}

function readNumber(machine: ScanMachine, chunk: Buffer, at: number): number {
  const end = numberEnd(machine, chunk, at);
  if (end < 0) return malformed(machine, chunk, -1 - end, 'a broken number');
  if (end < chunk.length) return endValue(machine, chunk, end);
  machine.token = NUMBER_TOKEN;
  return end;
}

function beginLiteral(machine: ScanMachine, chunk: Buffer, at: number): number {
  const literal = literalAt(chunk[at] ?? 0);
  beginField(machine, literal, machine.base + at);
  machine.literal = literal;
  machine.literalRead = 0;
  return readLiteral(machine, chunk, at);
}

function readLiteral(machine: ScanMachine, chunk: Buffer, from: number): number {
  const { literal } = machine;
  let at = from;
  for (; at < chunk.length && machine.literalRead < literal.length; at += 1) {
    if (chunk[at] !== literal.charCodeAt(machine.literalRead)) {
      return malformed(machine, chunk, at, `a broken ${literal}`);
    }
    machine.literalRead += 1;
  }
  if (machine.literalRead === literal.length) return endValue(machine, chunk, at);
  machine.token = LITERAL_TOKEN;
  return at;
}

function open(machine: ScanMachine, chunk: Buffer, at: number): number {
  if (machine.depth === MAX_DEPTH) {
    return malformed(machine, chunk, at, `nested too deeply (more than ${MAX_DEPTH} levels)`);
  }
  const object = chunk[at] === 0x7b;
  machine.depth += 1;
  machine.after[machine.depth] = object ? grammar.AFTER_MEMBER : grammar.AFTER_ITEM;
  machine.expect = object ? grammar.FIRST_KEY : grammar.FIRST_ITEM;
  return at + 1;
}

function endValue(machine: ScanMachine, chunk: Buffer, end: number): number {
  machine.token = NO_TOKEN;
  machine.expect = machine.after[machine.depth] ?? grammar.END;
  if (machine.depth === machine.openDepth) endField(machine, machine.base + end);
  if (machine.depth === 0) machine.state = { kind: 'complete' };
  return machine.state.kind === 'malformed' ? chunk.length : end;
}

function refuse(machine: ScanMachine, chunk: Buffer, at: number): number {
  const first = machine.base + at === 0 ? (chunk[at] ?? 0) : 0;
  // UTF-8, UTF-16 big and little endian; the last two are not JSON even without a mark.
  const mark = first === 0xef || first === 0xfe || first === 0xff;
  return malformed(
    machine,
    chunk,
    at,
    mark ? 'a byte order mark' : `${grammar.wantedIn(machine.expect)} expected`,
  );
}

function malformed(machine: ScanMachine, chunk: Buffer, at: number, problem: string): number {
  fail(machine, machine.base + at, problem);
  return chunk.length;
}
