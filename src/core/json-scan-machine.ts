import type { FoundField, ScanState } from './json-scan.ts';
import type { OpenField } from './json-scan-fields.ts';
import { beginField, endField, endKey, keepKey } from './json-scan-fields.ts';
import { literalAt, numberEnd, stringEnd } from './json-scan-tokens.ts';

/** What the grammar allows next. Numbers instead of words: they are compared for every structural byte. */
const VALUE = 0;
const FIRST_ITEM = 1;
const FIRST_KEY = 2;
const KEY = 3;
const COLON = 4;
const AFTER_VALUE = 5;
const END = 6;

/** What is being read across bytes, or NONE between tokens. */
const NONE = 0;
const KEY_STRING = 1;
const STRING = 2;
const NUMBER = 3;
const LITERAL = 4;

const OBJECT = 0x7b;
const ARRAY = 0x5b;
const QUOTE = 0x22;
const MAX_DEPTH = 512;

/** The scanner's whole memory; mutable, owned by one scanner. */
export interface ScanMachine {
  readonly keys: ReadonlySet<string>;
  /** The parents of the wanted `parent.key` entries. */
  readonly parents: ReadonlySet<string>;
  readonly fields: FoundField[];
  state: ScanState;
  /** Offset in the text of the chunk that is being read. */
  base: number;
  expect: number;
  token: number;
  /** Open containers, by their opening byte. */
  depth: number;
  readonly containers: Uint8Array;
  /** True if a string's chunk ended right after a backslash. */
  escaped: boolean;
  numberState: number;
  /** The literal that is being read, and how much of it has been. */
  literal: string;
  literalRead: number;
  /** Bytes of a key that is being read, where its depth counts. */
  keyParts: Uint8Array[];
  /** The wanted parent whose object is open at depth 2. */
  parent: string | undefined;
  /** Wanted fields whose value is being read, by the depth of their key. */
  readonly open: (OpenField | undefined)[];
}

/** Creates a machine before the first byte. */
export function createScanMachine(keys: ReadonlySet<string>): ScanMachine {
  const dotted = [...keys].filter((key) => key.includes('.'));
  return {
    keys,
    parents: new Set(dotted.map((key) => key.slice(0, key.indexOf('.')))),
    fields: [],
    state: { kind: 'open' },
    base: 0,
    expect: VALUE,
    token: NONE,
    depth: 0,
    containers: new Uint8Array(MAX_DEPTH + 1),
    escaped: false,
    numberState: 0,
    literal: '',
    literalRead: 0,
    keyParts: [],
    parent: undefined,
    open: [undefined, undefined, undefined],
  };
}

/** Records the first fault; nothing is read after it. */
export function fail(machine: ScanMachine, offset: number, problem: string): void {
  machine.state = { kind: 'malformed', offset, problem };
}

/** Reads one chunk. */
export function feed(machine: ScanMachine, chunk: Uint8Array): void {
  let at = 0;
  while (at < chunk.length && machine.state.kind !== 'malformed') {
    at = machine.token === NONE ? readStructure(machine, chunk, at) : readToken(machine, chunk, at);
  }
  machine.base += chunk.length;
}

/** Goes on with a token; returns the position after what was read of it. */
function readToken(machine: ScanMachine, chunk: Uint8Array, at: number): number {
  switch (machine.token) {
    case KEY_STRING:
      return readKey(machine, chunk, at);
    case STRING:
      return readString(machine, chunk, at);
    case NUMBER:
      return readNumber(machine, chunk, at);
    default:
      return readLiteral(machine, chunk, at);
  }
}

function readKey(machine: ScanMachine, chunk: Uint8Array, at: number): number {
  const end = stringEnd(machine, chunk, at);
  keepKey(machine, chunk, at, end < 0 ? chunk.length : end);
  if (end < 0) return chunk.length;
  machine.token = NONE;
  machine.expect = COLON;
  endKey(machine);
  return end;
}

function readString(machine: ScanMachine, chunk: Uint8Array, at: number): number {
  const end = stringEnd(machine, chunk, at);
  if (end < 0) return chunk.length;
  endValue(machine, machine.base + end);
  return end;
}

function readNumber(machine: ScanMachine, chunk: Uint8Array, at: number): number {
  const end = numberEnd(machine, chunk, at);
  if (end < 0) fail(machine, machine.base - end - 1, 'a broken number');
  else if (end < chunk.length) endValue(machine, machine.base + end);
  return end < 0 ? chunk.length : end;
}

function readLiteral(machine: ScanMachine, chunk: Uint8Array, at: number): number {
  if (chunk[at] !== machine.literal.charCodeAt(machine.literalRead)) {
    fail(machine, machine.base + at, `a broken ${machine.literal}`);
    return at;
  }
  machine.literalRead += 1;
  if (machine.literalRead === machine.literal.length) endValue(machine, machine.base + at + 1);
  return at + 1;
}

/** Reads one byte between tokens; returns the position after it. */
function readStructure(machine: ScanMachine, chunk: Uint8Array, at: number): number {
  const byte = chunk[at] ?? 0;
  if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
  switch (machine.expect) {
    case COLON:
      if (byte !== 0x3a) return unexpected(machine, at, '`:`');
      machine.expect = VALUE;
      return at + 1;
    case AFTER_VALUE:
      return readSeparator(machine, byte, at);
    case KEY:
    case FIRST_KEY:
      return readKeyStart(machine, byte, at);
    case END:
      return unexpected(machine, at, 'the end of the text');
    default:
      return readValueStart(machine, byte, at);
  }
}

function unexpected(machine: ScanMachine, at: number, wanted: string): number {
  fail(machine, machine.base + at, `${wanted} expected`);
  return at;
}

function readSeparator(machine: ScanMachine, byte: number, at: number): number {
  const inObject = machine.containers[machine.depth] === OBJECT;
  if (byte === 0x2c) {
    machine.expect = inObject ? KEY : VALUE;
    return at + 1;
  }
  if (byte === (inObject ? 0x7d : 0x5d)) return close(machine, at);
  return unexpected(machine, at, inObject ? '`,` or `}`' : '`,` or `]`');
}

function readKeyStart(machine: ScanMachine, byte: number, at: number): number {
  if (byte === 0x7d && machine.expect === FIRST_KEY) return close(machine, at);
  if (byte !== QUOTE) return unexpected(machine, at, 'a key in quotes');
  machine.token = KEY_STRING;
  machine.keyParts = [];
  return at + 1;
}

function readValueStart(machine: ScanMachine, byte: number, at: number): number {
  if (byte === 0x5d && machine.expect === FIRST_ITEM) return close(machine, at);
  const offset = machine.base + at;
  switch (byte) {
    case QUOTE:
      beginField(machine, 'string', offset);
      machine.token = STRING;
      return at + 1;
    case OBJECT:
      beginField(machine, 'object', offset);
      return open(machine, OBJECT, at);
    case ARRAY:
      beginField(machine, 'array', offset);
      return open(machine, ARRAY, at);
    default:
      return readWordStart(machine, byte, at);
  }
}

/** A number or a literal: its first byte is read again as part of the token. */
function readWordStart(machine: ScanMachine, byte: number, at: number): number {
  const literal = literalAt(byte);
  if (literal !== undefined) {
    beginField(machine, literal, machine.base + at);
    machine.token = LITERAL;
    machine.literal = literal;
    machine.literalRead = 0;
    return at;
  }
  if (byte !== 0x2d && (byte < 0x30 || byte > 0x39)) return unexpected(machine, at, 'a value');
  beginField(machine, 'number', machine.base + at);
  machine.token = NUMBER;
  machine.numberState = 0;
  return at;
}

function open(machine: ScanMachine, container: number, at: number): number {
  if (machine.depth === MAX_DEPTH) {
    fail(machine, machine.base + at, `more than ${MAX_DEPTH} levels`);
    return at;
  }
  machine.depth += 1;
  machine.containers[machine.depth] = container;
  machine.expect = container === OBJECT ? FIRST_KEY : FIRST_ITEM;
  return at + 1;
}

function close(machine: ScanMachine, at: number): number {
  machine.depth -= 1;
  endValue(machine, machine.base + at + 1);
  return at + 1;
}

function endValue(machine: ScanMachine, end: number): void {
  machine.token = NONE;
  endField(machine, end);
  if (machine.depth > 0) {
    machine.expect = AFTER_VALUE;
    return;
  }
  machine.expect = END;
  machine.state = { kind: 'complete' };
}
