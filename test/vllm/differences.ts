/** A difference between the simulator and the real server that stays, with its reason. */
export interface Difference {
  /** A metric family, or the name of a compared answer. */
  readonly what: string;
  readonly reason: string;
}

const UNREAD =
  'neither Serin nor a dashboard of the seed reads it, and the simulator has nothing to tell there';

/** Families of the real page that the simulator does not show. */
export const MISSING_FAMILIES: readonly Difference[] = [
  'vllm:estimated_flops_per_gpu_total',
  'vllm:estimated_read_bytes_per_gpu_total',
  'vllm:estimated_write_bytes_per_gpu_total',
].map((what) => ({ what, reason: UNREAD }));

/** Families whose labels differ. */
export const DIFFERENT_FAMILIES: readonly Difference[] = [
  {
    what: 'vllm:cache_config_info',
    reason:
      'the real one lists some 35 settings of the engine; the simulator has the few that a picker might read',
  },
];

/** Answers whose structure differs. */
export const DIFFERENT_ANSWERS: readonly Difference[] = [];
