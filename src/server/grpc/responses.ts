import { encodeBlock } from '../http2/hpack/encoder.ts';
import type { GrpcStatus } from '../status.ts';

const CONTENT_TYPE = ['content-type', 'application/grpc'] as const;

/** The header block of a response with messages (gRPC over HTTP/2, Response-Headers). */
export const RESPONSE_HEADERS = encodeBlock([
  [':status', '200'],
  CONTENT_TYPE,
  ['grpc-accept-encoding', 'identity'],
]);

/** The trailers of a call that ended well, which is nearly all of them. */
const OK_TRAILERS = encodeBlock([['grpc-status', '0']]);

/** Longer messages tell a person no more. */
const MAX_MESSAGE_CHARACTERS = 1024;

/** The trailers behind messages (gRPC over HTTP/2, Trailers). */
export function trailersOf(status: GrpcStatus): Uint8Array {
  return status.code === 0 ? OK_TRAILERS : encodeBlock(statusFields(status));
}

/** The single block of a call that ends without a message (gRPC over HTTP/2, Trailers-Only). */
export function trailersOnly(status: GrpcStatus): Uint8Array {
  return encodeBlock([
    [':status', '200'],
    CONTENT_TYPE,
    ['grpc-accept-encoding', 'identity'],
    ...statusFields(status),
  ]);
}

/** The header block of an answer to a request that is no gRPC; 405 names what is allowed (RFC 9110 §15.5.6). */
export function plainHeaders(status: '405' | '415', length: number): Uint8Array {
  return encodeBlock([
    [':status', status],
    ...(status === '405' ? [['allow', 'POST'] as const] : []),
    ['content-type', 'text/plain'],
    ['content-length', String(length)],
  ]);
}

function statusFields({ code, message }: GrpcStatus): readonly (readonly [string, string])[] {
  const fields = [['grpc-status', String(code)] as const];
  return message === '' ? fields : [...fields, ['grpc-message', percentEncode(message)] as const];
}

/** Printable ASCII but the percent sign stays (gRPC over HTTP/2, Percent-Encoded). */
function percentEncode(message: string): string {
  const bytes = Buffer.from(message.slice(0, MAX_MESSAGE_CHARACTERS));
  return Array.from(bytes, (byte) => {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    return plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
