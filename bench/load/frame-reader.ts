import { FRAME, FRAME_HEAD_BYTES } from './frames.ts';

/** Takes frames as they are read. */
export interface FrameHandler {
  /** A piece of a DATA frame. */
  readonly onData: (stream: number, piece: Buffer) => void;
  /** Any other frame, whole. */
  readonly onFrame: (type: number, flags: number, stream: number, payload: Buffer) => void;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** Creates a reader of frames from chunks cut anywhere; DATA is passed on in the pieces that arrive. */
export function createFrameReader({ onData, onFrame }: FrameHandler): (chunk: Buffer) => void {
  let kept = NOTHING;
  let dataStream = 0;
  let dataLeft = 0;

  function takeData(bytes: Buffer, at: number): number {
    const end = Math.min(at + dataLeft, bytes.length);
    dataLeft -= end - at;
    onData(dataStream, bytes.subarray(at, end));
    return end;
  }

  /** Where the next frame begins; `at` itself if this one has not arrived. */
  function takeFrame(bytes: Buffer, at: number): number {
    if (bytes.length - at < FRAME_HEAD_BYTES) return at;
    const length = bytes.readUIntBE(at, 3);
    const type = bytes[at + 3] ?? 0;
    const stream = bytes.readUInt32BE(at + 5);
    const payload = at + FRAME_HEAD_BYTES;
    if (type === FRAME.data) {
      dataStream = stream;
      dataLeft = length;
      return payload;
    }
    if (bytes.length < payload + length) return at;
    onFrame(type, bytes[at + 4] ?? 0, stream, bytes.subarray(payload, payload + length));
    return payload + length;
  }

  /** Where reading stopped: the end, or the head of a frame that has not arrived. */
  function take(bytes: Buffer): number {
    for (let at = 0; at < bytes.length; ) {
      const next = dataLeft > 0 ? takeData(bytes, at) : takeFrame(bytes, at);
      if (next === at) return at;
      at = next;
    }
    return bytes.length;
  }

  return (chunk) => {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    const at = take(bytes);
    kept = at < bytes.length ? bytes.subarray(at) : NOTHING;
  };
}
