/**
 * One HTTP/2 stream (RFC 9113 §5.1): open, or half closed on one side. Closed streams are forgotten. It is a
 * plain record that its connection changes: this is the hot path, so it has no emitter, promise or closure.
 */
export interface Http2Stream<Owner> {
  readonly id: number;
  /** What the layer above keeps with the stream. */
  owner: Owner | undefined;
  /** The peer has sent END_STREAM. */
  remoteEnded: boolean;
  /** END_STREAM has been sent. */
  localEnded: boolean;
  /** What we may still send; a change of SETTINGS can make it negative (RFC 9113 §6.9.2). */
  sendWindow: number;
  /** What the peer may still send. */
  receiveWindow: number;
  /** Bytes of the body that are still to come; -1 if no content-length says so. */
  bodyRemaining: number;
  /** What waits for a window, in order. */
  readonly pending: Uint8Array[];
  pendingBytes: number;
  /** The block that follows what is pending and ends the stream. */
  trailers: Uint8Array | undefined;
  /** When what is pending last moved on by a whole frame. */
  movedAtMs: number;
  movedBytes: number;
}

/** Creates an open stream. */
export function createStream<Owner>(
  id: number,
  windows: { readonly send: number; readonly receive: number },
): Http2Stream<Owner> {
  return {
    id,
    owner: undefined,
    remoteEnded: false,
    localEnded: false,
    sendWindow: windows.send,
    receiveWindow: windows.receive,
    bodyRemaining: -1,
    pending: [],
    pendingBytes: 0,
    trailers: undefined,
    movedAtMs: 0,
    movedBytes: 0,
  };
}
