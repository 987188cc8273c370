import type { ProtoReader } from '../extproc/protobuf/reader.ts';
import {
  createProtoReader,
  delimitedTag,
  expectEnd,
  readBytes,
  readEnd,
  readVarint,
  skipField,
} from '../extproc/protobuf/reader.ts';
import type { Batch, LogEntry } from './log-entry.ts';
import { MAX_BATCH_BYTES, MAX_ENTRIES } from './log-entry.ts';
import { readEntry } from './read-entry.ts';

/**
 * Reads the bytes of a `StreamAccessLogsMessage`; undefined if they are none. Each entry is read by itself, so
 * that a broken one costs no other.
 */
export function readBatch(bytes: Uint8Array): Batch | undefined {
  if (bytes.length > MAX_BATCH_BYTES) return { kind: 'too-large' };
  const reader = createProtoReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.at < bytes.length) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(2)) readHttpLogs(reader, found);
    else skipField(reader, tag);
  }
  if (reader.broken) return undefined;
  return found.length > MAX_ENTRIES ? { kind: 'too-large' } : readEntries(found);
}

function readHttpLogs(reader: ProtoReader, into: Uint8Array[]): void {
  const end = readEnd(reader);
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) into.push(readBytes(reader));
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
}

function readEntries(found: readonly Uint8Array[]): Batch {
  const entries: LogEntry[] = [];
  for (const bytes of found) {
    const entry = readEntry(bytes);
    if (entry !== undefined) entries.push(entry);
  }
  return { kind: 'entries', entries, broken: found.length - entries.length };
}
