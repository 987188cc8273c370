/** The status codes of gRPC that Serin ends calls with (https://grpc.io/docs/guides/status-codes). */
export const StatusCode = {
  ok: 0,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** How a call ended. */
export interface GrpcStatus {
  readonly code: (typeof StatusCode)[keyof typeof StatusCode];
  /** For the eyes of a person at the other end; empty for none. */
  readonly message: string;
}

/** The status of a call that did what it was asked for. */
export const OK: GrpcStatus = { code: StatusCode.ok, message: '' };
