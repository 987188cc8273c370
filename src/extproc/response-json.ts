import { asBuffer } from '../core/as-buffer.ts';
import type { FoundField } from '../core/json-scan.ts';
import { createJsonScanner } from '../core/json-scan.ts';
import { wantedKeys } from '../core/json-scan-keys.ts';
import type { Findings } from './response-findings.ts';
import { noteFinishReason, noteUsage } from './response-findings.ts';

/** Where answers and events of completions, Responses and Messages have their usage. */
const USAGE_KEYS: readonly string[] = ['usage', 'response.usage', 'message.usage'];
/** Where they tell why the model stopped. */
const FINISH_KEYS: readonly string[] = [
  'choices[].finish_reason',
  'stop_reason',
  'delta.stop_reason',
  'status',
  'response.status',
];
const KEYS = wantedKeys([...USAGE_KEYS, ...FINISH_KEYS]);

/** A usage with all its details takes some hundred bytes; what is longer is none, and is not kept. */
const MAX_VALUE_BYTES = 16 * 1024;

/** Reads one JSON text of any length on its way; nothing is kept but the values that are wanted. */
export function createJsonReader(findings: Findings): (chunk: Uint8Array) => void {
  const scanner = createJsonScanner(KEYS);
  const held = createHeldValue();
  let read = 0;

  function note({ key, valueKind, start, end }: FoundField, chunk: Uint8Array): void {
    if (valueKind !== 'object' && valueKind !== 'string') return;
    const bytes = start >= read ? chunk.subarray(start - read, end - read) : held.slice(chunk, start, end);
    const value = bytes === undefined ? undefined : parsed(bytes);
    if (USAGE_KEYS.includes(key)) noteUsage(findings, value);
    else noteFinishReason(findings, value);
  }

  return (chunk) => {
    scanner.push(chunk);
    for (const field of scanner.take()) note(field, chunk);
    held.keep(chunk, read, scanner.openFrom());
    read += chunk.length;
  };
}

/** The beginning of a wanted value that goes on in the next chunk. */
interface HeldValue {
  /** Keeps what a chunk at `base` has of the value that begins at `from`; nothing if there is none. */
  readonly keep: (chunk: Uint8Array, base: number, from: number | undefined) => void;
  /** A value that ends in a chunk; undefined if its beginning was too long to keep. */
  readonly slice: (chunk: Uint8Array, start: number, end: number) => Uint8Array | undefined;
}

function createHeldValue(): HeldValue {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let start = Number.POSITIVE_INFINITY;

  function drop(): void {
    parts = [];
    bytes = 0;
    start = Number.POSITIVE_INFINITY;
  }

  return {
    keep: (chunk, base, from) => {
      if (from !== start) drop();
      if (from === undefined || (from < base && bytes === 0)) return;
      const part = chunk.subarray(Math.max(0, from - base));
      start = from;
      bytes += part.length;
      // A copy, since the chunk is a view of a larger buffer.
      if (bytes > MAX_VALUE_BYTES) drop();
      else parts.push(Buffer.from(part));
    },
    // The outermost value is held, and one inside it can be read from there.
    slice: (chunk, from, to) =>
      from < start ? undefined : Buffer.concat([...parts, chunk]).subarray(from - start, to - start),
  };
}

/** What is no JSON after all, such as a string in another encoding, tells nothing. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(asBuffer(bytes).toString());
  } catch {
    return undefined;
  }
}
