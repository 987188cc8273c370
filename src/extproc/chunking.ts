/** Envoy recommends at most 64 KiB a `streamed_response`; a little less leaves room for the framing. */
export const MAX_CHUNK_BYTES = 62 * 1024;

/**
 * Groups body slices into messages of at most `maxBytes`: small slices share a message, large ones are cut.
 * Nothing is copied; the bytes of all groups in order are the bytes of all slices in order.
 */
export function groupChunks(
  slices: readonly Uint8Array[],
  maxBytes: number = MAX_CHUNK_BYTES,
): readonly (readonly Uint8Array[])[] {
  if (isOneGroup(slices, maxBytes)) return [slices];
  const groups: Uint8Array[][] = [];
  let group: Uint8Array[] = [];
  let room = maxBytes;
  for (const slice of slices) {
    for (let start = 0; start < slice.length; ) {
      const piece = slice.subarray(start, start + room);
      group.push(piece);
      start += piece.length;
      room -= piece.length;
      if (room > 0) continue;
      groups.push(group);
      group = [];
      room = maxBytes;
    }
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Most bodies are a few slices without an empty one, and far smaller than a message may be. */
function isOneGroup(slices: readonly Uint8Array[], maxBytes: number): boolean {
  let bytes = 0;
  for (const { length } of slices) {
    if (length === 0) return false;
    bytes += length;
  }
  return bytes > 0 && bytes <= maxBytes;
}
