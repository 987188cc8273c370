import type { ByteCursor } from './byte-cursor.ts';

/** No index, length or table size that we take is larger; it keeps the arithmetic within 31 bits. */
const LARGEST = 0x0fff_ffff;

/**
 * Reads an integer with an N-bit prefix (RFC 7541 §5.1) and moves the cursor behind it; -1 if the block ends
 * inside it or it is larger than 2^28-1.
 */
export function readInteger(cursor: ByteCursor, prefixBits: number): number {
  const { bytes } = cursor;
  const mask = (1 << prefixBits) - 1;
  let value = (bytes[cursor.at++] ?? 0) & mask;
  if (value < mask) return value;
  for (let shift = 0; shift <= 28; shift += 7) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) return -1;
    value += (byte & 0x7f) * 2 ** shift;
    if (value > LARGEST) return -1;
    if ((byte & 0x80) === 0) return value;
  }
  return -1;
}

/** Appends an integer with an N-bit prefix (RFC 7541 §5.1); `pattern` holds the bits before the prefix. */
export function writeInteger(into: number[], value: number, prefixBits: number, pattern: number): void {
  const mask = (1 << prefixBits) - 1;
  if (value < mask) {
    into.push(pattern | value);
    return;
  }
  into.push(pattern | mask);
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) into.push((rest & 0x7f) | 0x80);
  into.push(rest);
}
