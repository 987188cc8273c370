import { copyOf, keepPiece, SMALL_BYTES } from '../../core/keep-piece.ts';

/** Length of what stands before each message: a compression flag (1) and the message's length (4). */
export const PREFIX_BYTES = 5;

const NO_BYTES = new Uint8Array(0);

/** Where a call is in the messages of its body (gRPC over HTTP/2, Length-Prefixed-Message). */
export interface MessageReader {
  /** The slice at hand; given up as soon as it is used up, since it keeps a chunk of the socket alive. */
  slice: Uint8Array;
  at: number;
  /** Earlier slices of a message that is not whole yet, and their bytes. */
  held: Uint8Array[];
  heldBytes: number;
  prefixBytes: number;
  flag: number;
  /** Of the message whose prefix is read. */
  messageBytes: number;
}

/** What makes the rest of a body useless. */
export type MessageFault = 'compressed' | 'unknown-flag' | 'too-large';

/** Creates a reader at the start of a body. */
export function createMessageReader(): MessageReader {
  return { slice: NO_BYTES, at: 0, held: [], heldBytes: 0, prefixBytes: 0, flag: 0, messageBytes: 0 };
}

/** Whether the body may end here. */
export function atBoundary(reader: MessageReader): boolean {
  return reader.prefixBytes === 0;
}

/** Gives the reader the next slice of the body, once `nextMessage` has used the last one up. */
export function offer(reader: MessageReader, slice: Uint8Array): void {
  reader.slice = slice;
  reader.at = 0;
}

/** Bytes of the slice that have to wait for the reader of the replies; a short rest leaves its chunk. */
export function setAside(reader: MessageReader): number {
  const rest = reader.slice.length - reader.at;
  if (rest > 0 && rest < SMALL_BYTES) offer(reader, copyOf([reader.slice.subarray(reader.at)]));
  return rest;
}

/**
 * The next message, or undefined until more is offered. A message that lies in one slice is a slice of it; one
 * that was cut is joined once, when it is whole.
 */
export function nextMessage(reader: MessageReader, maxBytes: number): Uint8Array | MessageFault | undefined {
  const { slice } = reader;
  while (reader.prefixBytes < PREFIX_BYTES) {
    const byte = slice[reader.at];
    if (byte === undefined) return letGo(reader);
    reader.at += 1;
    readPrefixByte(reader, byte);
  }
  const problem = prefixFault(reader, maxBytes);
  if (problem !== undefined) return problem;
  const missing = reader.messageBytes - reader.heldBytes;
  const piece = slice.subarray(reader.at, reader.at + missing);
  reader.at += piece.length;
  return piece.length === missing ? complete(reader, piece) : hold(reader, piece);
}

function readPrefixByte(reader: MessageReader, byte: number): void {
  if (reader.prefixBytes === 0) {
    reader.flag = byte;
    reader.messageBytes = 0;
  } else {
    reader.messageBytes = reader.messageBytes * 256 + byte;
  }
  reader.prefixBytes += 1;
}

function prefixFault({ flag, messageBytes }: MessageReader, maxBytes: number): MessageFault | undefined {
  if (flag === 1) return 'compressed';
  if (flag !== 0) return 'unknown-flag';
  return messageBytes > maxBytes ? 'too-large' : undefined;
}

function letGo(reader: MessageReader): undefined {
  reader.slice = NO_BYTES;
  reader.at = 0;
}

function hold(reader: MessageReader, piece: Uint8Array): undefined {
  letGo(reader);
  keepPiece(reader.held, piece);
  reader.heldBytes += piece.length;
}

function complete(reader: MessageReader, last: Uint8Array): Uint8Array {
  reader.prefixBytes = 0;
  if (reader.heldBytes === 0) return last;
  const message = Buffer.concat([...reader.held, last], reader.messageBytes);
  reader.held = [];
  reader.heldBytes = 0;
  return message;
}
