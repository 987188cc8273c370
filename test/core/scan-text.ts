import type { FoundField, ScanState } from '../../src/core/json-scan.ts';
import { createJsonScanner } from '../../src/core/json-scan.ts';
import { wantedKeys } from '../../src/core/json-scan-keys.ts';

/** The keys that the tests look for unless they say otherwise. */
export const KEYS: ReadonlySet<string> = new Set([
  'model',
  'user',
  'metadata',
  'metadata.session_id',
  'metadata[].session_id',
]);

/** What a scanner says of a whole text. */
interface Scan {
  readonly state: ScanState;
  readonly fields: readonly FoundField[];
}

/** Scans a text in the given chunks. */
export function scanChunks(chunks: readonly Uint8Array[], keys: ReadonlySet<string>): Scan {
  const scanner = createJsonScanner(wantedKeys(keys));
  for (const chunk of chunks) scanner.push(chunk);
  return { state: scanner.finish(), fields: scanner.fields };
}

/** Scans a text in one chunk. */
export const scan = (text: string | Uint8Array, keys = KEYS) => scanChunks([Buffer.from(text)], keys);
