/** A position in a header block; the readers of RFC 7541 §5 move it on. */
export interface ByteCursor {
  readonly bytes: Uint8Array;
  at: number;
}
