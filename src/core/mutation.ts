import { asBuffer } from './as-buffer.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** A byte range `[start, end)` over all chunks of a body. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TILDE = 0x7e;

/** True for a string with its quotes of nothing but printable ASCII without escapes, as model names are. */
function isPlain(raw: Uint8Array): boolean {
  const last = raw.length - 1;
  if (last < 1 || raw[0] !== QUOTE || raw[last] !== QUOTE) return false;
  for (let at = 1; at < last; at += 1) {
    const byte = raw[at] ?? 0;
    if (byte < SPACE || byte > TILDE || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

/** The text of a JSON string given with its quotes; undefined if it is not one, or not in UTF-8. */
export function decodeJsonString(raw: Uint8Array): string | undefined {
  if (isPlain(raw)) return asBuffer(raw).toString('latin1', 1, raw.length - 1);
  try {
    const value: unknown = JSON.parse(strictUtf8.decode(raw));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A text as a JSON string with its quotes. */
export function encodeJsonString(text: string): Uint8Array {
  return Buffer.from(JSON.stringify(text));
}

/** The bytes of a range of a chunk list; a copy only if they lie in several chunks. */
export function sliceRange(chunks: readonly Uint8Array[], start: number, end: number): Uint8Array {
  const slices: Uint8Array[] = [];
  let offset = 0;
  for (const chunk of chunks) {
    if (offset >= end) break;
    keep(slices, chunk, { start: start - offset, end: end - offset });
    offset += chunk.length;
  }
  const [only] = slices;
  return slices.length === 1 && only !== undefined ? only : Buffer.concat(slices);
}

/**
 * A chunk list with each range of `edits` (ascending, apart from each other) replaced: slices of the chunks,
 * none copied and none empty.
 */
export function spliceChunks(
  chunks: readonly Uint8Array[],
  edits: readonly ByteRange[],
  replacement: Uint8Array,
): readonly Uint8Array[] {
  const slices: Uint8Array[] = [];
  const pending = edits.values();
  let edit = pending.next().value;
  let offset = 0;
  let kept = 0;
  for (const chunk of chunks) {
    const end = offset + chunk.length;
    for (; edit !== undefined && edit.start <= end; edit = pending.next().value) {
      keep(slices, chunk, { start: kept - offset, end: edit.start - offset });
      if (replacement.length > 0) slices.push(replacement);
      kept = edit.end;
    }
    keep(slices, chunk, { start: kept - offset, end: chunk.length });
    offset = end;
  }
  return slices;
}

/** The bytes of a chunk list before `at` and from there on, none copied. */
export function splitChunks(
  chunks: readonly Uint8Array[],
  at: number,
): readonly [Uint8Array[], Uint8Array[]] {
  const before: Uint8Array[] = [];
  const after: Uint8Array[] = [];
  let offset = 0;
  for (const chunk of chunks) {
    keep(before, chunk, { start: 0, end: at - offset });
    keep(after, chunk, { start: at - offset, end: chunk.length });
    offset += chunk.length;
  }
  return [before, after];
}

/** Ranges of a body as ranges of its rest, which begins at `base`. */
export function shifted(ranges: readonly ByteRange[], base: number): readonly ByteRange[] {
  if (base === 0) return ranges;
  return ranges.map(({ start, end }) => ({ start: start - base, end: end - base }));
}

function keep(slices: Uint8Array[], chunk: Uint8Array, range: ByteRange): void {
  const start = Math.max(range.start, 0);
  const end = Math.min(range.end, chunk.length);
  if (start < end) slices.push(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
}
