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
  'vllm:admission_rejections_total',
  'vllm:engine_sleep_state',
  'vllm:estimated_flops_per_gpu_total',
  'vllm:estimated_read_bytes_per_gpu_total',
  'vllm:estimated_write_bytes_per_gpu_total',
  'vllm:external_prefix_cache_hits_total',
  'vllm:external_prefix_cache_queries_total',
  'vllm:mm_cache_hits_total',
  'vllm:mm_cache_queries_total',
  'vllm:num_requests_waiting_by_reason',
  'vllm:prompt_tokens_by_source_total',
  'vllm:prompt_tokens_cached_by_source_total',
  'vllm:prompt_tokens_cached_total',
  'vllm:request_num_preemptions',
  'vllm:request_prefill_kv_computed_tokens',
].map((what) => ({ what, reason: UNREAD }));

/** Families whose labels differ. */
export const DIFFERENT_FAMILIES: readonly Difference[] = [
  {
    what: 'vllm:cache_config_info',
    reason: 'the real one lists some 35 settings of the engine; the simulator has the two that pickers read',
  },
];

/** Answers whose structure differs. */
export const DIFFERENT_ANSWERS: readonly Difference[] = [];
