import type { Address } from '../core/names.ts';
import type { WireStruct } from '../extproc/wire.ts';

/** What Serin reads of an `envoy.data.accesslog.v3.HTTPAccessLogEntry`; times in milliseconds. */
export interface LogEntry {
  /** False for an entry about a request that goes on, or about its upstream half. */
  readonly final: boolean;
  /** Since the epoch, by the proxy's clock. */
  readonly startedAtMs: number | undefined;
  /** From the request's start to the first byte from the pod: the headers', not a token's. */
  readonly headersMs: number | undefined;
  /** From the request's start to its end. */
  readonly durationMs: number | undefined;
  /** From the request's start to the last byte that went to the client. */
  readonly lastByteMs: number | undefined;
  /** Where the request went. */
  readonly upstream: Address | undefined;
  /** True if either side, or a timeout, broke the response off. */
  readonly cut: boolean;
  readonly metadata: { readonly [namespace: string]: WireStruct };
  /** Undefined if no response was sent. */
  readonly status: number | undefined;
  /** Why the status is what it is, in Envoy's words or in those of a filter. */
  readonly details: string;
  /** Of the two bodies, as the client sent and got them. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly contentType: string;
  readonly contentEncoding: string;
}

/** Messages of more entries are refused: they are read in one go. */
export const MAX_ENTRIES = 10_000;

/** Longer messages are refused; Envoy sends 16 KiB unless it is told otherwise, and no single entry is so long. */
export const MAX_BATCH_BYTES: number = 4 * 1024 * 1024;

/** The entries of one message, those that were none, or why it is refused. */
export type Batch =
  | { readonly kind: 'entries'; readonly entries: readonly LogEntry[]; readonly broken: number }
  | { readonly kind: 'too-large' };
