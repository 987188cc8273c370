/** Error codes (RFC 9113 §7). */
export const ErrorCode = {
  noError: 0x0,
  protocolError: 0x1,
  flowControlError: 0x3,
  settingsTimeout: 0x4,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

/** One of the codes that we send; a peer may send any number. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** A connection error (RFC 9113 §5.4.1): the code of the GOAWAY, and its debug data for the peer and the log. */
export interface Fault {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** Creates a connection error. */
export function fault(code: ErrorCode, reason: string): Fault {
  return { code, reason };
}
