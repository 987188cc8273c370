import { beginField } from './json-scan-fields.ts';
import { type ScanMachine, VALUE } from './json-scan-machine.ts';
import * as steps from './json-scan-steps.ts';

/**
 * What a byte calls for where it is allowed; 0 where it is not. These stand beside the loop that uses them,
 * since V8 makes no jump table of imported constants, and the loop runs for every structural byte.
 */
const SKIP = 1;
const TO_VALUE = 2;
const TO_KEY = 3;
const READ_KEY = 4;
const READ_STRING = 5;
const READ_NUMBER = 6;
const READ_LITERAL = 7;
const OPEN_OBJECT = 8;
const OPEN_ARRAY = 9;
const CLOSE = 10;

/** The bytes that are allowed, and what they call for. */
type Row = Readonly<Record<string, number>>;

const SPACE_BYTES: Row = { ' ': SKIP, '\t': SKIP, '\r': SKIP, '\n': SKIP };
const VALUE_BYTES: Row = {
  '"': READ_STRING,
  '{': OPEN_OBJECT,
  '[': OPEN_ARRAY,
  ...Object.fromEntries([...'-0123456789'].map((byte) => [byte, READ_NUMBER])),
  ...Object.fromEntries([...'tfn'].map((byte) => [byte, READ_LITERAL])),
};

/** RFC 8259, by what is expected: the rows follow the order of the constants in json-scan-machine.ts. */
const GRAMMAR: readonly { readonly wanted: string; readonly row: Row }[] = [
  { wanted: 'a value', row: VALUE_BYTES },
  { wanted: 'a value or `]`', row: { ...VALUE_BYTES, ']': CLOSE } },
  { wanted: 'a key or `}`', row: { '"': READ_KEY, '}': CLOSE } },
  { wanted: 'a key', row: { '"': READ_KEY } },
  { wanted: '`:`', row: { ':': TO_VALUE } },
  { wanted: '`,` or `]`', row: { ',': TO_VALUE, ']': CLOSE } },
  { wanted: '`,` or `}`', row: { ',': TO_KEY, '}': CLOSE } },
  { wanted: 'the end of the text', row: {} },
];

/** The grammar with one entry for each byte, at `expect * 256 + byte`. */
const ACTIONS = Uint8Array.from(
  GRAMMAR.flatMap(({ row }) =>
    Array.from({ length: 256 }, (_, byte) => {
      const char = String.fromCharCode(byte);
      return SPACE_BYTES[char] ?? row[char] ?? 0;
    }),
  ),
);

/** Reads one chunk; the machine keeps where in the text it is. */
export function feed(machine: ScanMachine, chunk: Buffer): void {
  let at = steps.resume(machine, chunk);
  while (at < chunk.length) {
    switch (ACTIONS[machine.expect * 256 + (chunk[at] ?? 0)]) {
      case SKIP:
        at = steps.skipSpaces(chunk, at + 1);
        break;
      case TO_VALUE:
        machine.expect = VALUE;
        at += 1;
        break;
      case TO_KEY:
        at = steps.expectKey(machine, at);
        break;
      case READ_KEY:
        at = steps.readKey(machine, chunk, at + 1);
        break;
      case READ_STRING:
        beginField(machine, 'string', machine.base + at);
        at = steps.readString(machine, chunk, at + 1);
        break;
      case READ_NUMBER:
        at = steps.beginNumber(machine, chunk, at);
        break;
      case READ_LITERAL:
        at = steps.beginLiteral(machine, chunk, at);
        break;
      case OPEN_OBJECT:
        beginField(machine, 'object', machine.base + at);
        at = steps.openObject(machine, chunk, at);
        break;
      case OPEN_ARRAY:
        beginField(machine, 'array', machine.base + at);
        at = steps.openArray(machine, chunk, at);
        break;
      case CLOSE:
        at = steps.close(machine, chunk, at);
        break;
      default:
        at = refuse(machine, chunk, at);
    }
  }
  machine.base += chunk.length;
}

function refuse(machine: ScanMachine, chunk: Buffer, at: number): number {
  if (machine.base + at === 0 && isByteOrderMark(chunk[at] ?? 0)) {
    return steps.malformed(machine, chunk, { at, problem: 'a byte order mark' });
  }
  const wanted = GRAMMAR[machine.expect]?.wanted ?? '';
  return steps.malformed(machine, chunk, { at, problem: `${wanted} expected` });
}

/** The first byte of the marks of UTF-8 and of UTF-16, which is not JSON even without one. */
function isByteOrderMark(byte: number): boolean {
  return byte === 0xef || byte === 0xfe || byte === 0xff;
}
