import { bucketsOf } from './buckets.ts';
import { createGauge, headerOf } from './exposition.ts';
import type { Families } from './family-series.ts';
import { createFamilies } from './family-series.ts';
import { createLoraInfo } from './lora-info.ts';
import type { FakeVllmOptions } from './options.ts';
import { baseNames } from './options.ts';
import type { Scheduler } from './scheduler.ts';
import { KV_BLOCK_TOKENS } from './scheduler.ts';
import { createThroughput } from './throughput.ts';

/** Figures that a test puts in place of the real ones; those left out stay real. */
export interface LoadOverride {
  readonly running?: number | undefined;
  readonly waiting?: number | undefined;
  /** 0 to 1. */
  readonly kvUsage?: number | undefined;
}

/** A request that has ended, in what its histograms want; times in seconds. */
export interface EndedRequest {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly maxTokens: number;
  readonly choices: number;
  readonly queueS: number;
  readonly prefillS: number;
  readonly decodeS: number;
  readonly finishedReason: 'stop' | 'length' | 'abort' | 'error';
}

/** The `/metrics` page of one server. */
export interface MetricsPage {
  /** The first token of a request is there. */
  readonly prefilled: (promptTokens: number, firstTokenS: number) => void;
  readonly ended: (request: EndedRequest) => void;
  readonly override: (load: LoadOverride) => void;
  readonly render: () => string;
}

/** Creates the page of a server. */
export function createMetricsPage(options: FakeVllmOptions, scheduler: Scheduler): MetricsPage {
  const { metricsGeneration, maxModelLen, nowMs } = options;
  const families = createFamilies({
    generation: metricsGeneration,
    buckets: bucketsOf(metricsGeneration, maxModelLen),
    model: baseNames(options)[0],
    startedS: nowMs() / 1000,
  });
  const { record } = families;
  const loras = createLoraInfo(options, scheduler);
  const cache = createCacheInfo(options);
  const promptRate = createThroughput(nowMs);
  const generationRate = createThroughput(nowMs);
  let load: LoadOverride = {};
  record('vllm:engine_sleep_state awake', 1);

  function setGauges(): void {
    const waiting = load.waiting ?? scheduler.waiting().length;
    const kvUsage = load.kvUsage ?? scheduler.kvUsage();
    record('vllm:num_requests_running', load.running ?? scheduler.running().length);
    record('vllm:num_requests_waiting', waiting);
    record('vllm:num_requests_waiting_by_reason capacity', scheduler.isFull() ? waiting : 0);
    record('vllm:num_requests_waiting_by_reason deferred', scheduler.isFull() ? 0 : waiting);
    record('vllm:kv_cache_usage_perc', kvUsage);
    record('vllm:gpu_cache_usage_perc', kvUsage);
    record('vllm:avg_prompt_throughput_toks_per_s', promptRate.perSecond());
    record('vllm:avg_generation_throughput_toks_per_s', generationRate.perSecond());
  }

  return {
    prefilled: (promptTokens, firstTokenS) => {
      loras.step();
      promptRate.add(promptTokens);
      record('vllm:prompt_tokens', promptTokens);
      record('vllm:prompt_tokens_by_source local_compute', promptTokens);
      record('vllm:prefix_cache_queries', promptTokens);
      // The step that reads the prompt also brings the first token.
      record('vllm:iteration_tokens_total', promptTokens + 1);
      record('vllm:time_to_first_token_seconds', firstTokenS);
    },
    ended: (request) => {
      loras.step();
      generationRate.add(request.completionTokens);
      recordEnd(request, record);
    },
    override: (next) => {
      load = next;
    },
    render: () => {
      setGauges();
      return families.text() + cache + loras.text();
    },
  };
}

function recordEnd(request: EndedRequest, record: Families['record']): void {
  const { promptTokens, completionTokens, choices, queueS, prefillS, decodeS } = request;
  record(`vllm:request_success ${request.finishedReason}`, 1);
  record('vllm:generation_tokens', completionTokens);
  record('vllm:request_prompt_tokens', promptTokens);
  record('vllm:request_generation_tokens', completionTokens);
  record('vllm:request_max_num_generation_tokens', completionTokens / choices);
  record('vllm:request_params_n', choices);
  record('vllm:request_params_max_tokens', request.maxTokens);
  record('vllm:e2e_request_latency_seconds', queueS + prefillS + decodeS);
  record('vllm:request_queue_time_seconds', queueS);
  record('vllm:request_inference_time_seconds', prefillS + decodeS);
  record('vllm:request_prefill_time_seconds', prefillS);
  record('vllm:request_decode_time_seconds', decodeS);
  record('vllm:request_num_preemptions', 0);
  record('vllm:request_prefill_kv_computed_tokens', promptTokens);
  // One step a token after the first, which came with the prompt's step.
  const later = Math.max(0, completionTokens / choices - 1);
  const perTokenS = later === 0 ? 0 : decodeS / later;
  record('vllm:iteration_tokens_total', choices, later);
  record('vllm:time_per_output_token_seconds', perTokenS, later * choices);
  record('vllm:inter_token_latency_seconds', perTokenS, later * choices);
  record('vllm:request_time_per_output_token_seconds', perTokenS);
}

/** The settings of the KV cache, as labels of a gauge that is always 1. */
function createCacheInfo({ metricsGeneration, kvBlocks }: FakeVllmOptions): string {
  const common = {
    block_size: String(KV_BLOCK_TOKENS),
    cache_dtype: 'auto',
    enable_prefix_caching: 'True',
    gpu_memory_utilization: '0.9',
    num_cpu_blocks: 'None',
    num_gpu_blocks: String(kvBlocks),
  };
  const labels = metricsGeneration === 'v1' ? { ...common, engine: '0' } : common;
  const name = 'vllm:cache_config_info';
  const gauge = createGauge(name, labels);
  gauge.record(1);
  return headerOf(name, 'gauge', 'Settings of the KV cache.') + gauge.text();
}
