/**
 * The header block of an ext_proc stream (RFC 7541) as Envoy 1.40 writes it: the path as a Huffman literal each
 * time, the others added to the dynamic table by the first stream of a connection and named by their index after.
 */

const POST = 0x83;
const HTTP = 0x86;
/** A literal without indexing whose name is `:path`; then 37 bytes of Huffman code. */
const PATH = Buffer.from(
  `04a5${'60b5773fa5d05b3b98855cbe5315761c8bf7657c1e525b2a1d1aec390a841ec635d8721508'}`,
  'hex',
);
const ADD_AUTHORITY = 0x41;
const ADD_CONTENT_TYPE = 0x5f;
const ADD_NEW_NAME = 0x40;

function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
}

function added(name: string, value: string): readonly Buffer[] {
  return [Buffer.of(ADD_NEW_NAME), text(name), text(value)];
}

/** The block of a connection's first stream. */
export const FIRST_BLOCK: Buffer = Buffer.concat([
  Buffer.of(POST),
  PATH,
  Buffer.of(ADD_AUTHORITY),
  text('serin'),
  Buffer.of(HTTP),
  ...added('te', 'trailers'),
  Buffer.of(ADD_CONTENT_TYPE),
  text('application/grpc'),
  ...added('x-envoy-internal', 'true'),
  ...added('x-forwarded-for', '127.0.0.1'),
]);

/** The block of every later one; the newest entry of the dynamic table has the index 62. */
export const LATER_BLOCK: Buffer = Buffer.concat([
  Buffer.of(POST),
  PATH,
  Buffer.from([0x80 | 66, HTTP, 0x80 | 65, 0x80 | 64, 0x80 | 63, 0x80 | 62]),
]);
