import type { Rate } from './token-bucket.ts';

/**
 * What a connection may ask of us, each with the attack that it bounds (RFC 9113 §10.5). Envoy resets every
 * stream and may open thousands a second, so the limits of ordinary traffic are far above what one proxy can
 * send.
 */
export const LIMITS = {
  /** HEADERS and CONTINUATION of one block, encoded (CONTINUATION flood, CVE-2024-27316). */
  headerBlockBytes: 64 * 1024,
  /** CONTINUATION frames of one block, since they may be empty. */
  continuations: 64,
  /** SETTINGS_MAX_HEADER_LIST_SIZE: all fields of a block, decoded (HPACK bomb, CVE-2016-6581). */
  headerListBytes: 64 * 1024,
  /** SETTINGS_HEADER_TABLE_SIZE: the default of RFC 9113 §6.5.2, so it is not sent. */
  headerTableBytes: 4096,
  /** RST_STREAM from the peer, refused streams, and ends that cross our reset (rapid reset, CVE-2023-44487). */
  resets: { burst: 200_000, perSecond: 50_000 },
  /** RST_STREAM that the peer's faults make us send (made-you-reset, CVE-2025-8671). */
  provokedResets: { burst: 1000, perSecond: 100 },
  /** WINDOW_UPDATE (data dribble with tiny windows, CVE-2019-9511). */
  windowUpdates: { burst: 200_000, perSecond: 50_000 },
  /** SETTINGS, each of which walks over all streams, and acknowledgements (SETTINGS flood, CVE-2019-9515). */
  settings: { burst: 100, perSecond: 10 },
  /** PING, PRIORITY, empty DATA and unknown types (CVE-2019-9512, -9513, -9518). */
  idleFrames: { burst: 10_000, perSecond: 1000 },
} as const satisfies { readonly [name: string]: number | Rate };

/** Sizes that we announce. */
export const WINDOWS = {
  /** SETTINGS_INITIAL_WINDOW_SIZE: what a stream may have in flight; DATA is handed on as it comes. */
  streamBytes: 4 * 1024 * 1024,
  connectionBytes: 16 * 1024 * 1024,
  /** SETTINGS_MAX_FRAME_SIZE: the default of RFC 9113 §6.5.2, so it is not sent. Envoy uses no larger frames. */
  frameBytes: 16_384,
} as const;

/** How long a peer may take for each thing, in milliseconds. */
export const TIMEOUTS = {
  /** From the connection, after TLS, to the peer's SETTINGS (slow preface). */
  handshakeMs: 10_000,
  /** Without a byte from the peer until it is asked for a sign of life. */
  keepaliveMs: 30_000,
  /** From that PING to its acknowledgement. */
  pingMs: 20_000,
  /** Without a stream until the connection is closed. */
  idleMs: 30 * 60_000,
  /** Without a frame's worth of progress until a stream whose reader is slow is reset (tiny windows). */
  stallMs: 30_000,
  /** From the first GOAWAY of a drain to the second, if the PING between them is not acknowledged. */
  goawayMs: 1000,
  /** From the last byte we send to the end of the socket, for a peer that does not close it. */
  lingerMs: 1000,
} as const;
