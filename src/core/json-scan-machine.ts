import type { FoundField, ScanState } from './json-scan.ts';
import type { OpenField } from './json-scan-fields.ts';
import type { WantedKeys } from './json-scan-keys.ts';

/** What may come next, between tokens. Numbers, since one is looked up for every structural byte. */
export const VALUE = 0;
export const FIRST_ITEM = 1;
export const FIRST_KEY = 2;
export const KEY = 3;
export const COLON = 4;
export const AFTER_ITEM = 5;
export const AFTER_MEMBER = 6;
export const END = 7;

/** What is being read across bytes, or nothing: a byte between tokens is next. */
export const NO_TOKEN = 0;
export const KEY_TOKEN = 1;
export const STRING_TOKEN = 2;
export const NUMBER_TOKEN = 3;
export const LITERAL_TOKEN = 4;

/** Where a value stands; `end` is undefined until it is known. */
export interface ScanMark {
  readonly start: number;
  readonly end: number | undefined;
}

/** The scanner's whole memory between two bytes; mutable, and owned by one scanner. */
export interface ScanMachine {
  readonly keys: WantedKeys;
  readonly fields: FoundField[];
  state: ScanState;
  /** Offset in the text of the chunk that is being read. */
  base: number;
  expect: number;
  token: number;
  depth: number;
  /** What is expected after a value at each depth. */
  readonly after: number[];
  /** True if a chunk ended inside a string, right after a backslash that escapes the next byte. */
  escaped: boolean;
  numberState: number;
  /** The literal that is being read, and how much of it has been. */
  literal: string;
  literalRead: number;
  /** The beginning of a key that crosses chunks, if it may be a wanted one. */
  keyParts: Uint8Array[];
  keyBytes: number;
  /** The wanted keys of the object that is the value of the latest top-level key. */
  inner: WantedKeys | undefined;
  /** The same for the objects of an array that is its value. */
  items: WantedKeys | undefined;
  /** The wanted field whose value comes next. */
  wanted: string | undefined;
  /** The place of the first value of a marked key. */
  mark: ScanMark | undefined;
  /** Wanted fields whose value is being read, outermost first. */
  readonly open: OpenField[];
  /** The depth at which the end of a value is of interest: that of the last open field, or 0. */
  watchedDepth: number;
}

/** Creates a machine before the first byte. */
export function createScanMachine(keys: WantedKeys): ScanMachine {
  return {
    keys,
    fields: [],
    state: { kind: 'open' },
    base: 0,
    expect: VALUE,
    token: NO_TOKEN,
    depth: 0,
    after: [END],
    escaped: false,
    numberState: 0,
    literal: '',
    literalRead: 0,
    keyParts: [],
    keyBytes: 0,
    inner: undefined,
    items: undefined,
    wanted: undefined,
    mark: undefined,
    open: [],
    watchedDepth: 0,
  };
}

/** Records the fault at an offset; nothing is read after it. */
export function fail(machine: ScanMachine, offset: number, problem: string): void {
  machine.state = { kind: 'malformed', offset, problem };
}
