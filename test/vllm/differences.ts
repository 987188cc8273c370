/** A difference between the simulator and the real server that stays, with its reason. */
export interface Difference {
  /** A question of `answers.ts` or a metric family, alone or with the path in it: all below it may differ. */
  readonly what: string;
  readonly reason: string;
}

const UNREAD =
  'neither Serin nor a dashboard of the seed reads it, and the simulator has nothing to tell there';

/** Families that differ in being there, in their type, their labels, or the labels' values. */
export const DIFFERENT_FAMILIES: readonly Difference[] = [
  { what: 'vllm:estimated_flops_per_gpu_total', reason: UNREAD },
  { what: 'vllm:estimated_read_bytes_per_gpu_total', reason: UNREAD },
  { what: 'vllm:estimated_write_bytes_per_gpu_total', reason: UNREAD },
  {
    what: 'vllm:cache_config_info › labels',
    reason:
      'the real one lists some 35 settings of the engine; the simulator has the few that a picker might read',
  },
];

/** Answers that differ in status, type or structure. */
export const DIFFERENT_ANSWERS: readonly Difference[] = [
  {
    what: 'embeddings',
    reason:
      'a server has this page only if its model embeds, and the real one here generates; the simulator does both',
  },
  {
    what: 'load from nowhere',
    reason: 'the simulator opens no adapter, so that tests and demos may name any path',
  },
];
