const PREFIX_BYTES = 5;
/** The tag of `end_of_stream` in a body reply, where it is the last field. */
const END_TAG = 0x10;

/** How far the replies of one stream are read. One flat object, since there is one for each request. */
export interface ReplyState {
  prefixRead: number;
  length: number;
  left: number;
  /** First byte of the message. */
  tag: number;
  /** Its last two bytes so far. */
  previous: number;
  last: number;
}

/** What a gRPC message of the picker was, as far as a load generator needs to know. */
export interface ReplyMessage {
  /** Number of its first field: which kind of reply. */
  readonly field: number;
  readonly bytes: number;
  /** Whether it ends as a body reply with `end_of_stream` ends. Our bodies are text and never end so. */
  readonly endsBody: boolean;
}

/** The state before the first byte. */
export function newReplyState(): ReplyState {
  return { prefixRead: 0, length: 0, left: 0, tag: 0, previous: 0, last: 0 };
}

/** Reads a piece of DATA; nothing of it is kept. */
export function readReplies(
  state: ReplyState,
  piece: Buffer,
  onMessage: (message: ReplyMessage) => void,
): void {
  let at = 0;
  while (at < piece.length) {
    if (state.prefixRead < PREFIX_BYTES) at = readPrefix(state, piece, at);
    else at = readMessage(state, piece, at);
    if (state.prefixRead < PREFIX_BYTES || state.left > 0) continue;
    state.prefixRead = 0;
    onMessage({
      field: state.tag >> 3,
      bytes: state.length,
      endsBody: state.previous === END_TAG && state.last === 1,
    });
  }
}

function readPrefix(state: ReplyState, piece: Buffer, at: number): number {
  const byte = piece[at] ?? 0;
  state.length = state.prefixRead === 0 ? 0 : state.length * 256 + byte;
  state.left = state.length;
  state.prefixRead += 1;
  return at + 1;
}

function readMessage(state: ReplyState, piece: Buffer, at: number): number {
  const end = Math.min(at + state.left, piece.length);
  if (state.left === state.length) state.tag = piece[at] ?? 0;
  state.previous = end - at > 1 ? (piece[end - 2] ?? 0) : state.last;
  state.last = piece[end - 1] ?? 0;
  state.left -= end - at;
  return end;
}
