import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { FAMILIES, type Family } from './families.ts';
import type { FakeVllmOptions } from './options.ts';
import type { Scheduler } from './scheduler.ts';

/** Figures that a test puts in place of the real ones; those left out stay real. */
export interface LoadOverride {
  readonly running?: number | undefined;
  readonly waiting?: number | undefined;
  /** 0 to 1. */
  readonly kvUsage?: number | undefined;
}

/** A finished request, in what its histograms want; times in seconds. */
export interface FinishedRequest {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly maxTokens: number;
  readonly queueS: number;
  readonly prefillS: number;
  readonly decodeS: number;
  readonly finishedReason: 'length' | 'abort';
}

/** The `/metrics` page of one server. */
export interface MetricsPage {
  readonly finished: (request: FinishedRequest) => void;
  readonly override: (load: LoadOverride) => void;
  readonly render: () => Promise<string>;
}

type Metric = Counter | Gauge | Histogram;

/** Creates the page of a server. */
export function createMetricsPage(
  options: FakeVllmOptions,
  scheduler: Scheduler,
  nowMs: () => number,
): MetricsPage {
  const registry = new Registry();
  const labels: { readonly [name: string]: string } =
    options.metricsGeneration === 'v1'
      ? { engine: '0', model_name: options.model }
      : { model_name: options.model };
  const metrics = new Map(
    FAMILIES[options.metricsGeneration].map((family) => [family.name, register(family, labels, registry)]),
  );
  let load: LoadOverride = {};
  const loras = addInfos(registry, options);

  function set(name: string, value: number): void {
    const metric = metrics.get(`vllm:${name}`);
    if (metric instanceof Gauge) metric.set(labels, value);
  }

  function add(name: string, value: number, extra = {}): void {
    const metric = metrics.get(`vllm:${name}`);
    if (metric instanceof Counter) metric.inc({ ...labels, ...extra }, value);
    else if (metric instanceof Histogram) metric.observe({ ...labels, ...extra }, value);
  }

  function setGauges(): void {
    const running = load.running ?? scheduler.running().length;
    const kvUsage = load.kvUsage ?? Math.min(1, scheduler.running().length / options.maxNumSeqs);
    set('num_requests_running', running);
    set('num_requests_waiting', load.waiting ?? scheduler.waiting().length);
    set('kv_cache_usage_perc', kvUsage);
    set('gpu_cache_usage_perc', kvUsage);
  }

  function setLoras(): void {
    const isAdapter = (model: string) => model !== options.model;
    const names = (list: readonly string[]) => [...new Set(list.filter(isAdapter))].join(',');
    loras.reset();
    loras.set(
      {
        max_lora: String(options.maxLoras),
        running_lora_adapters: names(scheduler.running()),
        waiting_lora_adapters: names(scheduler.waiting()),
      },
      nowMs() / 1000,
    );
  }

  return {
    finished: (request) => observe(request, add),
    override: (next) => {
      load = next;
    },
    render: () => {
      setGauges();
      if (options.maxLoras > 0) setLoras();
      return registry.metrics();
    },
  };
}

function register(family: Family, labels: object, registry: Registry): Metric {
  const { name, help } = family;
  const labelNames = [...Object.keys(labels), ...(family.labels ?? [])];
  const common = { name, help, labelNames, registers: [registry] };
  const metric =
    family.type === 'histogram'
      ? new Histogram({ ...common, buckets: [...(family.buckets ?? [])] })
      : family.type === 'counter'
        ? new Counter(common)
        : new Gauge(common);
  // vLLM shows every series from the start.
  if (family.labels !== undefined)
    metric instanceof Counter && metric.inc({ ...labels, finished_reason: 'length' }, 0);
  else if (metric instanceof Histogram) metric.zero(labels);
  else if (metric instanceof Counter) metric.inc({ ...labels }, 0);
  else metric.set({ ...labels }, 0);
  return metric;
}

/** The two gauges whose labels are what they tell. */
function addInfos(registry: Registry, { maxNumSeqs, metricsGeneration }: FakeVllmOptions) {
  const registers = [registry];
  const engine = metricsGeneration === 'v1' ? { engine: '0' } : {};
  const cache = { block_size: '16', num_gpu_blocks: String(maxNumSeqs * 16) };
  new Gauge({
    name: 'vllm:cache_config_info',
    help: 'Settings of the KV cache.',
    labelNames: [...Object.keys(engine), ...Object.keys(cache)],
    registers,
  }).set({ ...engine, ...cache }, 1);
  return new Gauge({
    name: 'vllm:lora_requests_info',
    help: 'Adapters that have requests in flight; the value is the time of the figures.',
    labelNames: ['max_lora', 'running_lora_adapters', 'waiting_lora_adapters'],
    registers,
  });
}

function observe(request: FinishedRequest, add: (name: string, value: number, extra?: object) => void): void {
  const { promptTokens, completionTokens, maxTokens, queueS, prefillS, decodeS, finishedReason } = request;
  const perToken = completionTokens > 1 ? decodeS / (completionTokens - 1) : 0;
  add('prompt_tokens_total', promptTokens);
  add('generation_tokens_total', completionTokens);
  add('iteration_tokens_total', promptTokens + completionTokens);
  add('request_success_total', 1, { finished_reason: finishedReason });
  add('request_prompt_tokens', promptTokens);
  add('request_generation_tokens', completionTokens);
  add('request_max_num_generation_tokens', maxTokens);
  add('request_params_n', 1);
  add('request_params_max_tokens', maxTokens);
  add('prefix_cache_queries_total', promptTokens);
  add('time_to_first_token_seconds', queueS + prefillS);
  add('e2e_request_latency_seconds', queueS + prefillS + decodeS);
  add('request_queue_time_seconds', queueS);
  add('request_inference_time_seconds', prefillS + decodeS);
  add('request_prefill_time_seconds', prefillS);
  add('request_decode_time_seconds', decodeS);
  if (completionTokens < 2) return;
  add('time_per_output_token_seconds', perToken);
  add('inter_token_latency_seconds', perToken);
  add('request_time_per_output_token_seconds', perToken);
}
