import type { ByteRange } from './mutation.ts';
import { decodeJsonString } from './mutation.ts';

/** A key to look for in one object. */
export interface WantedKey {
  readonly name: string;
  readonly utf8: Uint8Array;
  /** What its value is reported as, or `MARK`; undefined for a key that is only the parent of wanted ones. */
  readonly field: string | undefined;
  /** The keys to look for in an object that is its value. */
  readonly inner: WantedKeys | undefined;
  /** The keys to look for in objects of an array that is its value. */
  readonly items: WantedKeys | undefined;
}

/** The keys to look for in one object. */
export interface WantedKeys {
  readonly keys: readonly WantedKey[];
  /** No spelling of any of the keys takes more bytes, quotes left out. */
  readonly maxBytes: number;
}

const BACKSLASH = 0x5c;
const QUOTE = Uint8Array.of(0x22);
/** `\u0000`: the longest spelling of a UTF-16 unit. */
const MAX_UNIT_BYTES = 6;

/** Stands for the name of a field whose place is noted, but which is not reported. */
export const MARK = '';

/** What is wanted under one top-level name. */
interface Branch {
  field: string | undefined;
  /** Paths by the names below. */
  readonly inner: Map<string, string>;
  readonly items: Map<string, string>;
}

/**
 * Prepares keys once for all scanners that look for them; `parent.key` stands for a key one level below, and
 * `parent[].key` for one of each object in an array. Of the first value of all `marked` keys at the top level only
 * the place is noted.
 */
export function wantedKeys(keys: Iterable<string>, marked: readonly string[] = []): WantedKeys {
  const branches = new Map<string, Branch>();
  for (const path of keys) {
    const [, name = path, array, below] = /^(.*?)(\[\])?\.(.*)$/.exec(path) ?? [];
    const branch = branches.get(name) ?? { field: undefined, inner: new Map(), items: new Map() };
    branches.set(name, branch);
    if (below === undefined) branch.field = path;
    else (array === undefined ? branch.inner : branch.items).set(below, path);
  }
  const wanted = [...branches].map(([name, { field, inner, items }]) => ({
    ...wantedKey(name, field),
    inner: keysBelow(inner),
    items: keysBelow(items),
  }));
  return keysOf([...wanted, ...marked.map((name) => wantedKey(name, MARK))]);
}

function keysBelow(paths: ReadonlyMap<string, string>): WantedKeys | undefined {
  if (paths.size === 0) return undefined;
  return keysOf([...paths].map(([name, path]) => wantedKey(name, path)));
}

function keysOf(keys: readonly WantedKey[]): WantedKeys {
  return { keys, maxBytes: MAX_UNIT_BYTES * Math.max(0, ...keys.map(({ name }) => name.length)) };
}

function wantedKey(name: string, field: string | undefined): WantedKey {
  return { name, utf8: Buffer.from(name), field, inner: undefined, items: undefined };
}

/** The wanted key that the bytes between two quotes spell. */
export function matchKey(wanted: WantedKeys, chunk: Uint8Array, span: ByteRange): WantedKey | undefined {
  const length = span.end - span.start;
  if (length > wanted.maxBytes) return undefined;
  for (const key of wanted.keys) {
    if (key.utf8.length === length && startsAt(chunk, span.start, key.utf8)) return key;
  }
  return hasEscape(chunk, span) ? matchEscaped(wanted, chunk.subarray(span.start, span.end)) : undefined;
}

function matchEscaped(wanted: WantedKeys, raw: Uint8Array): WantedKey | undefined {
  const name = decodeJsonString(Buffer.concat([QUOTE, raw, QUOTE]));
  return wanted.keys.find((key) => key.name === name);
}

function startsAt(chunk: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (chunk[start + at] !== bytes[at]) return false;
  return true;
}

function hasEscape(chunk: Uint8Array, { start, end }: ByteRange): boolean {
  for (let at = start; at < end; at += 1) if (chunk[at] === BACKSLASH) return true;
  return false;
}
