/** A line for a terminal: names that clients and objects choose must not move the cursor, nor turn the text around. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
