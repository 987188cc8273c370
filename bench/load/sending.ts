import { FRAME, FRAME_HEAD_BYTES, MAX_FRAME_BYTES, writeHead } from './frames.ts';

/** What a stream still has to send, in whole messages, and how much its peer lets it. */
export interface Sending {
  readonly stream: number;
  readonly messages: readonly Buffer[];
  /** The message that is being sent, and how much of it is. */
  message: number;
  offset: number;
  /** Messages from here on wait; `messages.length` if none does. */
  end: number;
  window: number;
}

/** Whether a stream has sent all that it may. */
export function isSent(sending: Sending): boolean {
  return sending.message >= sending.end;
}

/** The next DATA frame of a stream: its head, and a slice of the message; undefined if the window is shut. */
export function nextFrame(sending: Sending, connectionWindow: number): readonly [Buffer, Buffer] | undefined {
  const message = sending.messages[sending.message];
  const room = Math.min(MAX_FRAME_BYTES, connectionWindow, sending.window);
  if (message === undefined || room <= 0) return undefined;
  const slice = message.subarray(sending.offset, sending.offset + room);
  sending.offset += slice.length;
  sending.window -= slice.length;
  if (sending.offset === message.length) {
    sending.message += 1;
    sending.offset = 0;
  }
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES);
  writeHead(head, 0, slice.length, { type: FRAME.data, stream: sending.stream });
  return [head, slice];
}
