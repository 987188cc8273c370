/** The bytes of a text, cut in two at every position, and into single bytes. */
export function allCuts(text: string): readonly (readonly Buffer[])[] {
  const bytes = Buffer.from(text);
  const inTwo = Array.from({ length: bytes.length + 1 }, (_, at) => [
    bytes.subarray(0, at),
    bytes.subarray(at),
  ]);
  return [...inTwo, Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))];
}
