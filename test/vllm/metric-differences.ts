import { because, type Difference } from './difference.ts';

const RUNTIME = because(
  'The runtime of the server’s own process: the simulator is another program, on another runtime.',
  [
    'process_cpu_seconds_total',
    'process_max_fds',
    'process_open_fds',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'process_virtual_memory_bytes',
    'python_gc_collections_total',
    'python_gc_objects_collected_total',
    'python_gc_objects_uncollectable_total',
    'python_info',
  ].map(notSimulated),
);

const WEB_FRAMEWORK = because(
  'Counted by the web framework in front of vLLM; neither Serin nor the scenario’s dashboard reads it.',
  [
    'http_request_duration_highr_seconds',
    'http_request_duration_highr_seconds_created',
    'http_request_duration_seconds',
    'http_request_duration_seconds_created',
    'http_request_size_bytes',
    'http_request_size_bytes_created',
    'http_requests_created',
    'http_requests_total',
    'http_response_size_bytes',
    'http_response_size_bytes_created',
  ].map(notSimulated),
);

const HARDWARE = because(
  'Estimates of what a GPU does, which are 0 without one; the simulator has no figures to show.',
  [
    'vllm:estimated_flops_per_gpu_created',
    'vllm:estimated_flops_per_gpu_total',
    'vllm:estimated_read_bytes_per_gpu_created',
    'vllm:estimated_read_bytes_per_gpu_total',
    'vllm:estimated_write_bytes_per_gpu_created',
    'vllm:estimated_write_bytes_per_gpu_total',
  ].map(notSimulated),
);

const CACHE_SETTINGS = because(
  'A setting of a KV cache that the simulator does not have; it shows those that a picker may read.',
  [
    '_block_size_resolved',
    'cache_hit_alignment_tokens',
    'effective_attention_block_size',
    'enable_mamba_shared_prefix_checkpoint',
    'hash_block_size',
    'is_attention_free',
    'kv_cache_dtype_skip_layers',
    'kv_cache_layout',
    'kv_cache_max_concurrency',
    'kv_cache_memory_bytes',
    'kv_cache_size_tokens',
    'kv_offloading_backend',
    'kv_offloading_size',
    'kv_sharing_fast_prefill',
    'mamba_block_size',
    'mamba_cache_dtype',
    'mamba_cache_mode',
    'mamba_page_size_padded',
    'mamba_ssm_cache_dtype',
    'num_gpu_blocks_override',
    'prefix_cache_retention_interval',
    'prefix_caching_hash_algo',
    'prefix_match_unit',
    'replayssm_buffer_len',
    'skip_page_size_padded',
    'sliding_window',
    'swa_bounded_replay',
    'use_kda_recoverssm',
    'use_replayssm',
    'user_specified_block_size',
  ].map((label) => notSimulated(`vllm:cache_config_info: a label ${label}`)),
);

/** Differences of families, types, labels and bounds. */
export const FAMILY_DIFFERENCES: readonly Difference[] = [
  ...RUNTIME,
  ...WEB_FRAMEWORK,
  ...HARDWARE,
  ...CACHE_SETTINGS,
];

/** Differences of what a request with `n` of 2 and a prompt of 3 tokens adds. */
export const TWO_ANSWERS_DIFFERENCES: readonly Difference[] = because(
  'vLLM makes a request of its own of each answer; the simulator has one with several answers, which differs in nothing that Serin reads.',
  [
    'e2e_request_latency_seconds_count: 2, simulated 1',
    'iteration_tokens_total_sum: 14, simulated 10',
    'prefix_cache_queries_total: 6, simulated 3',
    'prompt_tokens_by_source_total{source="local_compute"}: 6, simulated 3',
    'prompt_tokens_total: 6, simulated 3',
    'request_decode_time_seconds_count: 2, simulated 1',
    'request_generation_tokens_count: 2, simulated 1',
    'request_inference_time_seconds_count: 2, simulated 1',
    'request_num_preemptions_count: 2, simulated 1',
    'request_params_max_tokens_count: 2, simulated 1',
    'request_params_max_tokens_sum: 8, simulated 4',
    'request_prefill_kv_computed_tokens_count: 2, simulated 1',
    'request_prefill_kv_computed_tokens_sum: 6, simulated 3',
    'request_prefill_time_seconds_count: 2, simulated 1',
    'request_prompt_tokens_count: 2, simulated 1',
    'request_prompt_tokens_sum: 6, simulated 3',
    'request_queue_time_seconds_count: 2, simulated 1',
    'request_success_total{finished_reason="length"}: 2, simulated 1',
    'request_time_per_output_token_seconds_count: 2, simulated 1',
    'time_to_first_token_seconds_count: 2, simulated 1',
  ],
);

function notSimulated(what: string): string {
  return what.includes(': ') ? `${what} not simulated` : `${what}: not simulated`;
}
