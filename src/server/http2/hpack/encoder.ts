import { writeInteger } from './integer.ts';
import { STATIC_TABLE } from './static-table.ts';

/** A header field as the layers above name it; ASCII. */
export type HeaderField = readonly [name: string, value: string];

/**
 * Sets the size of our dynamic table to 0 (RFC 7541 §6.3). Our blocks never refer to it, so a block can be made
 * once and sent on every connection; the peer has to be told after it lowered the size (§4.2).
 */
export const EMPTY_TABLE = Uint8Array.of(0x20);

/** Encodes a block from static indices and literals without indexing (RFC 7541 §6.1, §6.2.2). */
export function encodeBlock(fields: readonly HeaderField[]): Uint8Array {
  const bytes: number[] = [];
  for (const [name, value] of fields) {
    const whole = STATIC_TABLE.findIndex((entry) => entry.name === name && entry.value === value);
    if (whole >= 0) {
      writeInteger(bytes, whole + 1, 7, 0x80);
      continue;
    }
    const index = STATIC_TABLE.findIndex((entry) => entry.name === name) + 1;
    writeInteger(bytes, index, 4, 0);
    if (index === 0) writeString(bytes, name);
    writeString(bytes, value);
  }
  return Uint8Array.from(bytes);
}

function writeString(into: number[], text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  writeInteger(into, bytes.length, 7, 0);
  into.push(...bytes);
}
