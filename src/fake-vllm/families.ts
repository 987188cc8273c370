import type { Buckets } from './buckets.ts';

/** A metric family as vLLM declares it: a counter's name is without `_total`. */
export interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly buckets?: keyof Buckets;
  /** A label besides `model_name` and `engine`, and the values that are shown from the start. */
  readonly by?: { readonly label: string; readonly values: readonly string[] };
  /** True where V1 leaves out the label `engine`. */
  readonly wholeServer?: true;
}

function gauge(name: string, help: string): Family {
  return { name: `vllm:${name}`, type: 'gauge', help };
}

function counter(name: string, help: string): Family {
  return { name: `vllm:${name}`, type: 'counter', help };
}

function histogram(name: string, help: string, buckets: keyof Buckets): Family {
  return { name: `vllm:${name}`, type: 'histogram', help, buckets };
}

function by(family: Family, label: string, values: readonly string[]): Family {
  return { ...family, by: { label, values } };
}

const SUCCESS = counter('request_success', 'Requests that were finished, by reason.');

/** Families that both generations have, with one name. */
const SHARED: readonly Family[] = [
  gauge('num_requests_running', 'Requests that are being generated.'),
  gauge('num_requests_waiting', 'Requests that wait for a place in a batch.'),
  counter('num_preemptions', 'Preemptions of requests by the engine.'),
  counter('prompt_tokens', 'Prompt tokens that were read.'),
  counter('generation_tokens', 'Tokens that were generated.'),
  histogram('request_prompt_tokens', 'Prompt tokens of a request.', 'tokens'),
  histogram('request_generation_tokens', 'Generated tokens of a request.', 'tokens'),
  histogram('iteration_tokens_total', 'Tokens of an engine step.', 'iteration'),
  histogram('request_max_num_generation_tokens', 'Most tokens that a request might get.', 'tokens'),
  histogram('request_params_n', 'The parameter n of a request.', 'count'),
  histogram('request_params_max_tokens', 'The parameter max_tokens of a request.', 'tokens'),
  histogram('time_to_first_token_seconds', 'Time to the first token.', 'firstToken'),
  histogram('e2e_request_latency_seconds', 'Time of a whole request.', 'latency'),
  histogram('request_queue_time_seconds', 'Time of a request in the queue.', 'latency'),
  histogram('request_inference_time_seconds', 'Time of a request in a batch.', 'latency'),
  histogram('request_prefill_time_seconds', 'Time of a request until its first token.', 'latency'),
  histogram('request_decode_time_seconds', 'Time of a request after its first token.', 'latency'),
];

const V0: readonly Family[] = [
  by(SUCCESS, 'finished_reason', ['stop', 'length', 'abort']),
  gauge('num_requests_swapped', 'Requests that were swapped to CPU memory.'),
  gauge('gpu_cache_usage_perc', 'Use of the GPU KV cache, 0 to 1.'),
  gauge('cpu_cache_usage_perc', 'Use of the CPU KV cache, 0 to 1.'),
  gauge('gpu_prefix_cache_hit_rate', 'Share of blocks found in the GPU prefix cache.'),
  gauge('cpu_prefix_cache_hit_rate', 'Share of blocks found in the CPU prefix cache.'),
  gauge('avg_prompt_throughput_toks_per_s', 'Prompt tokens a second.'),
  gauge('avg_generation_throughput_toks_per_s', 'Generated tokens a second.'),
  histogram('time_per_output_token_seconds', 'Time of each token after the first.', 'token'),
];

const V1: readonly Family[] = [
  by(SUCCESS, 'finished_reason', ['stop', 'length', 'abort', 'error', 'repetition']),
  by(gauge('num_requests_waiting_by_reason', 'Waiting requests by what they wait for.'), 'reason', [
    'capacity',
    'deferred',
  ]),
  by(gauge('engine_sleep_state', 'Whether the engine sleeps.'), 'sleep_state', [
    'awake',
    'weights_offloaded',
    'discard_all',
  ]),
  gauge('kv_cache_usage_perc', 'Use of the KV cache, 0 to 1.'),
  counter('prefix_cache_queries', 'Tokens looked up in the prefix cache.'),
  counter('prefix_cache_hits', 'Tokens found in the prefix cache.'),
  counter('external_prefix_cache_queries', 'Tokens looked up in the prefix cache of other instances.'),
  counter('external_prefix_cache_hits', 'Tokens found in the prefix cache of other instances.'),
  counter('mm_cache_queries', 'Items looked up in the multi-modal cache.'),
  counter('mm_cache_hits', 'Items found in the multi-modal cache.'),
  by(counter('prompt_tokens_by_source', 'Prompt tokens by where they came from.'), 'source', [
    'local_compute',
    'local_cache_hit',
    'external_kv_transfer',
  ]),
  counter('prompt_tokens_cached', 'Prompt tokens that came from a cache.'),
  by(counter('prompt_tokens_cached_by_source', 'Prompt tokens from a cache, by its tier.'), 'source', [
    'device',
    'host',
    'p2p',
    'disk',
    'external_unspecified',
  ]),
  {
    ...by(counter('admission_rejections', 'Requests that a queue limit turned away.'), 'reason', [
      'max_num_queued_reqs',
      'max_num_queued_tokens',
    ]),
    wholeServer: true,
  },
  histogram('inter_token_latency_seconds', 'Time between two tokens.', 'token'),
  histogram('request_time_per_output_token_seconds', 'Mean time of a token of a request.', 'token'),
  histogram('request_num_preemptions', 'How often a request was preempted.', 'preemptions'),
  histogram('request_prefill_kv_computed_tokens', 'Prompt tokens of a request that no cache had.', 'tokens'),
];

/** The families of a generation; a page shows those of one, never of both. */
export function familiesOf(generation: 'v0' | 'v1'): readonly Family[] {
  return [...SHARED, ...(generation === 'v1' ? V1 : V0)];
}
