/** Bytes before each gRPC message: a flag for compression and the length. */
export const PREFIX_BYTES = 5;

/** A message as it goes into DATA frames. */
export function withPrefix(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}
