import { WANTED_HEADERS } from './keys.ts';

/** Makes a string of a header's value, given where it lies. */
export type TextReader = (bytes: Buffer, start: number, end: number) => string;

/** A wanted header: its name, and what makes a string of its value. */
export interface WantedHeader {
  readonly text: string;
  readonly bytes: Buffer;
  readonly read: TextReader;
}

/** Longer values are seldom the same, and a reader keeps no more than this of any. */
const USUAL_BYTES = 64;

/** Sets up the headers that Serin reads, by the length of their names. */
export function createWantedHeaders(): readonly (readonly WantedHeader[] | undefined)[] {
  const byLength: WantedHeader[][] = [];
  for (const text of WANTED_HEADERS) {
    byLength[text.length] ??= [];
    byLength[text.length]?.push({ text, bytes: Buffer.from(text), read: createTextReader() });
  }
  return byLength;
}

/**
 * Creates what reads the values of one header. Requests of one gateway have nearly all of them in common: method,
 * path, authority, types. A value that is the last one again gives the same string: comparing so few bytes costs a
 * tenth of the call into the engine that makes a new one, and leaves nothing behind.
 */
export function createTextReader(): TextReader {
  const last = new Uint8Array(USUAL_BYTES);
  let lastBytes = -1;
  let text = '';
  return (bytes, start, end) => {
    if (end - start === lastBytes && isSame(bytes, start, last, lastBytes)) return text;
    const made = bytes.toString('utf8', start, end);
    if (end - start > USUAL_BYTES) return made;
    text = made;
    lastBytes = end - start;
    for (let at = 0; at < lastBytes; at += 1) last[at] = bytes[start + at] ?? 0;
    return made;
  };
}

function isSame(bytes: Buffer, start: number, last: Uint8Array, length: number): boolean {
  // The ends of values differ more often than their beginnings.
  for (let at = length - 1; at >= 0; at -= 1) if (bytes[start + at] !== last[at]) return false;
  return true;
}
