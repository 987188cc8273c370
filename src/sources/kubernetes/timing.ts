/** How patient the Kubernetes source is; all in milliseconds. */
export interface KubernetesTiming {
  /** Between two looks at which kinds the server has. */
  readonly discoveryMs: number;
  /** Between the first and the second time that a kind has to be missed before it is dropped. */
  readonly confirmAbsentMs: number;
  /** For each answer of discovery, which is small: a server that takes longer counts as away. */
  readonly lookMs: number;
  /** For the whole of a page, or the head of a watch. */
  readonly requestMs: number;
  /** A watch without a byte for this long is dead. */
  readonly silenceMs: number;
  /** The shortest time for which a watch is asked; the longest is twice that. */
  readonly watchMs: number;
  /** A watch that ends sooner has not proved that the server is well. */
  readonly longLifeMs: number;
  /** After this long everything is listed again, whatever the watches said. */
  readonly relistMs: number;
  /** The first wait after a failure, and the longest. */
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  /** Between two attempts to read what RBAC forbids or the server does not have. */
  readonly deniedMs: number;
}

/** Times for a cluster in production. */
export const KUBERNETES_TIMING: KubernetesTiming = {
  discoveryMs: 10_000,
  confirmAbsentMs: 2_000,
  lookMs: 10_000,
  requestMs: 30_000,
  silenceMs: 130_000,
  watchMs: 300_000,
  longLifeMs: 5_000,
  relistMs: 1_800_000,
  firstBackoffMs: 100,
  maxBackoffMs: 10_000,
  deniedMs: 10_000,
};
