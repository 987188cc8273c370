import { PREFIX_BYTES } from './grpc-framing.ts';

/** What a relay answers to each kind of message, framed; bodies come back as they came. */
export interface FixedReplies {
  readonly toRequestHeaders: Buffer;
  readonly toOthers: Buffer;
}

/** Field numbers of ProcessingRequest. */
const REQUEST_HEADERS = 2;
const REQUEST_BODY = 4;
/** `field << 3 | 2`, the tags of fields with a length. */
const ONE = 0x0a;
const THREE = 0x1a;
const END_OF_STREAM: Buffer = Buffer.from([0x10, 0x01]);
const NOTHING: Buffer = Buffer.alloc(0);
/** Prefix, tag and length of HttpBody, tag and length of its body: enough to begin the answer. */
const HEAD_BYTES = PREFIX_BYTES + 2 * (1 + 5);
/** `request_body { response { body_mutation { streamed_response { body` in ProcessingResponse. */
const REPLY_TAGS = [THREE, ONE, THREE, THREE, ONE];

/** A message's first bytes, understood: what to send at once, then how many bytes go back, then what ends it. */
interface Opened {
  readonly reply: Buffer;
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly tail: Buffer;
  /** Bytes of the message behind its body. */
  readonly skipped: number;
}

/**
 * Creates the relay of one stream: it takes what arrives, cut anywhere, and returns what goes out. A body is
 * not gathered, not even to the end of its message.
 */
export function createRelay(replies: FixedReplies): (chunk: Buffer) => readonly Buffer[] {
  let head = NOTHING;
  let body = 0;
  let tail = NOTHING;
  let skipped = 0;

  function open(bytes: Buffer, out: Buffer[]): Buffer {
    const joined = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
    const opened = openMessage(joined, replies);
    head = opened === undefined ? joined : NOTHING;
    if (opened === undefined) return NOTHING;
    out.push(opened.reply);
    ({ bodyBytes: body, tail, skipped } = opened);
    return joined.subarray(opened.headBytes);
  }

  function carry(bytes: Buffer, out: Buffer[]): Buffer {
    const taken = Math.min(body, bytes.length);
    if (taken > 0) out.push(bytes.subarray(0, taken));
    body -= taken;
    if (body > 0) return NOTHING;
    if (tail.length > 0) out.push(tail);
    tail = NOTHING;
    const ignored = Math.min(skipped, bytes.length - taken);
    skipped -= ignored;
    return bytes.subarray(taken + ignored);
  }

  return (chunk) => {
    const out: Buffer[] = [];
    let bytes = chunk;
    while (bytes.length > 0) bytes = body + skipped > 0 ? carry(bytes, out) : open(bytes, out);
    return out;
  };
}

function openMessage(bytes: Buffer, replies: FixedReplies): Opened | undefined {
  if (bytes.length <= PREFIX_BYTES) return undefined;
  const end = PREFIX_BYTES + bytes.readUInt32BE(1);
  if (bytes.length < Math.min(end, HEAD_BYTES)) return undefined;
  const field = (bytes[PREFIX_BYTES] ?? 0) >> 3;
  if (field === REQUEST_BODY) return openBody(bytes, end);
  const reply = field === REQUEST_HEADERS ? replies.toRequestHeaders : replies.toOthers;
  return { reply, headBytes: PREFIX_BYTES, bodyBytes: 0, tail: NOTHING, skipped: end - PREFIX_BYTES };
}

function openBody(bytes: Buffer, end: number): Opened {
  const [size, inside] = varint(bytes, PREFIX_BYTES + 1);
  const isEmpty = bytes[inside] !== ONE || size === 0;
  const [bodyBytes, headBytes] = isEmpty ? [0, inside] : varint(bytes, inside + 1);
  const tail = headBytes + bodyBytes < inside + size ? END_OF_STREAM : NOTHING;
  return {
    reply: replyHead(bodyBytes, tail),
    headBytes,
    bodyBytes,
    tail,
    skipped: end - headBytes - bodyBytes,
  };
}

/** What stands in front of the body in the framed reply: the prefix, and five tags with their lengths. */
function replyHead(bodyBytes: number, tail: Buffer): Buffer {
  const lengths = [bodyBytes];
  let length = 1 + varintBytes(bodyBytes) + bodyBytes + tail.length;
  for (let depth = 1; depth < REPLY_TAGS.length; depth += 1) {
    lengths.unshift(length);
    length += 1 + varintBytes(length);
  }
  const head = Buffer.allocUnsafe(PREFIX_BYTES + length - bodyBytes - tail.length);
  head[0] = 0;
  head.writeUInt32BE(length, 1);
  let at = PREFIX_BYTES;
  for (const [depth, tag] of REPLY_TAGS.entries()) {
    head[at] = tag;
    at = writeVarint(head, at + 1, lengths[depth] ?? 0);
  }
  return head;
}

/** The value, and where the next field begins. */
function varint(bytes: Buffer, start: number): readonly [number, number] {
  let value = 0;
  for (let at = start, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at + 1];
  }
}

function varintBytes(value: number): number {
  return value < 0x80 ? 1 : 1 + varintBytes(value >>> 7);
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7, at += 1) bytes[at] = (rest & 0x7f) | 0x80;
  bytes[at] = rest;
  return at + 1;
}
