const BACKSLASH = 0x5c;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const utf8 = new TextEncoder();

/** The text of a JSON string given with its quotes; undefined if its escapes or its UTF-8 are invalid. */
export function decodeJsonString(raw: Uint8Array): string | undefined {
  try {
    const text = strictUtf8.decode(raw);
    if (!raw.includes(BACKSLASH)) return text.slice(1, -1);
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A text as a JSON string with its quotes. */
export function encodeJsonString(text: string): Uint8Array {
  return utf8.encode(JSON.stringify(text));
}

/** The bytes `[start, end)` of a chunk list; a copy only if they lie in several chunks. */
export function sliceRange(chunks: readonly Uint8Array[], start: number, end: number): Uint8Array {
  const slices: Uint8Array[] = [];
  appendRange(slices, chunks, start, end);
  const [only] = slices;
  return slices.length === 1 && only !== undefined ? only : Buffer.concat(slices);
}

/**
 * A chunk list with each range of `edits` (ascending, absolute) replaced: slices of the chunks, none copied
 * and none empty.
 */
export function spliceChunks(
  chunks: readonly Uint8Array[],
  edits: readonly { readonly start: number; readonly end: number }[],
  replacement: Uint8Array,
): readonly Uint8Array[] {
  const slices: Uint8Array[] = [];
  let kept = 0;
  for (const { start, end } of edits) {
    appendRange(slices, chunks, kept, start);
    if (replacement.length > 0) slices.push(replacement);
    kept = end;
  }
  appendRange(slices, chunks, kept, Number.POSITIVE_INFINITY);
  return slices;
}

function appendRange(slices: Uint8Array[], chunks: readonly Uint8Array[], start: number, end: number): void {
  let offset = 0;
  for (const chunk of chunks) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, chunk.length);
    if (from < to) slices.push(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
    offset += chunk.length;
    if (offset >= end) return;
  }
}
