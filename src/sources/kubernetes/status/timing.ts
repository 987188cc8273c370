/** How patient the writing of status is; all in milliseconds. */
export interface StatusTiming {
  /** A lease that was not renewed for this long is anybody's. */
  readonly leaseMs: number;
  /** A holder that could not renew for this long stops writing, well before others may begin. */
  readonly renewWithinMs: number;
  /** Between two looks at the lease. */
  readonly retryMs: number;
  /** Between two comparisons of what is wanted with what is written. */
  readonly passMs: number;
  /** From the first view of the cluster to the first comparison: pods are asked for their models meanwhile. */
  readonly settleMs: number;
  /** For one request. */
  readonly requestMs: number;
  /** Between two attempts at what RBAC forbids. */
  readonly deniedMs: number;
  /** The first wait after a failure, and the longest. */
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** Times for a cluster in production; those of the lease are the usual ones of Kubernetes. */
export const STATUS_TIMING: StatusTiming = {
  leaseMs: 15_000,
  renewWithinMs: 10_000,
  retryMs: 2_000,
  passMs: 1_000,
  settleMs: 3_000,
  requestMs: 5_000,
  deniedMs: 10_000,
  firstBackoffMs: 1_000,
  maxBackoffMs: 60_000,
};
