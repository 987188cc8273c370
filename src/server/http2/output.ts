/** What leaves a connection with its next write: small pieces in shared memory, large ones by reference. */
export interface Output {
  slab: Buffer;
  /** Begin and end of the run of small pieces that is not in `chunks` yet. */
  runStart: number;
  runEnd: number;
  chunks: Uint8Array[];
  /** All bytes since the last take. */
  bytes: number;
}

const SLAB_BYTES = 64 * 1024;
/** A copy of fewer bytes costs less than one more element of a vectored write. */
const COPY_BYTES = 4096;

/** Creates an empty output; its memory comes with the first byte. */
export function createOutput(): Output {
  return { slab: Buffer.alloc(0), runStart: 0, runEnd: 0, chunks: [], bytes: 0 };
}

/**
 * Reserves up to 4 KiB and returns where in `slab` they begin; the caller fills all of them. A slab is never
 * written twice, since the socket may still hold what was taken from it.
 */
export function reserve(output: Output, length: number): number {
  if (output.runEnd + length > output.slab.length) {
    endRun(output);
    output.slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    output.runStart = 0;
    output.runEnd = 0;
  }
  const start = output.runEnd;
  output.runEnd += length;
  output.bytes += length;
  return start;
}

/** Appends bytes: a copy of a small piece, a reference to a large one. */
export function append(output: Output, piece: Uint8Array): void {
  if (piece.length <= COPY_BYTES) {
    const start = reserve(output, piece.length);
    output.slab.set(piece, start);
    return;
  }
  endRun(output);
  output.chunks.push(piece);
  output.bytes += piece.length;
}

/** Takes all pieces in order. */
export function takeOutput(output: Output): readonly Uint8Array[] {
  endRun(output);
  const { chunks } = output;
  output.chunks = [];
  output.bytes = 0;
  return chunks;
}

function endRun(output: Output): void {
  if (output.runEnd > output.runStart)
    output.chunks.push(output.slab.subarray(output.runStart, output.runEnd));
  output.runStart = output.runEnd;
}
