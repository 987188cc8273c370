/** Shorter pieces are copied and joined: each would cost an object and keep a chunk of the socket alive. */
export const SMALL_BYTES = 4096;

/** Adds a piece that has to wait: memory stays in proportion to its bytes, however a peer cuts them. */
export function keepPiece(pieces: Uint8Array[], piece: Uint8Array): void {
  if (piece.length === 0) return;
  const last = pieces.at(-1);
  if (last !== undefined && last.length < SMALL_BYTES && piece.length < SMALL_BYTES) {
    pieces[pieces.length - 1] = copyOf([last, piece]);
  } else {
    pieces.push(piece.length < SMALL_BYTES ? copyOf([piece]) : piece);
  }
}

/** A copy in memory of its own, not in that of Node's pool. */
export function copyOf(pieces: readonly Uint8Array[]): Uint8Array {
  const copy = new Uint8Array(pieces.reduce((bytes, { length }) => bytes + length, 0));
  let at = 0;
  for (const piece of pieces) {
    copy.set(piece, at);
    at += piece.length;
  }
  return copy;
}
