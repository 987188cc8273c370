/** HTTP/2 frames (RFC 9113, sections 4 and 6) as a client writes them. */

/** Bytes of a frame's head. */
export const FRAME_HEAD_BYTES = 9;

/** Largest payload that every peer takes. */
export const MAX_FRAME_BYTES = 16_384;

/** Frame types. */
export const FRAME = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;

/** Frame flags. */
export const FLAG = { ack: 1, endStream: 1, endHeaders: 4 } as const;

/** Settings by their identifiers. */
export const SETTING = { headerTableSize: 1, enablePush: 2, initialWindowSize: 4 } as const;

/** Type and flags of a frame, and its stream; 0 for the connection. */
export interface FrameHead {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
}

/** Writes a frame's head into a buffer. */
export function writeHead(bytes: Buffer, at: number, length: number, head: FrameHead): void {
  bytes.writeUIntBE(length, at, 3);
  bytes[at + 3] = head.type;
  bytes[at + 4] = head.flags ?? 0;
  bytes.writeUInt32BE(head.stream ?? 0, at + 5);
}

/** A whole frame. */
export function frame(head: FrameHead, payload: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  writeHead(bytes, 0, payload.length, head);
  payload.copy(bytes, FRAME_HEAD_BYTES);
  return bytes;
}

/** A frame whose payload is one number of 32 bits: WINDOW_UPDATE and RST_STREAM. */
export function numberFrame(head: FrameHead, value: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(value);
  return frame(head, payload);
}

/** A SETTINGS frame. */
export function settingsFrame(settings: ReadonlyMap<number, number>): Buffer {
  const payload = Buffer.allocUnsafe(settings.size * 6);
  let at = 0;
  for (const [identifier, value] of settings) {
    payload.writeUInt16BE(identifier, at);
    payload.writeUInt32BE(value, at + 2);
    at += 6;
  }
  return frame({ type: FRAME.settings }, payload);
}
