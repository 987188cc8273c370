/** One panel of the seed's dashboard: what it is called, and what it asks. */
export interface SeedPanel {
  readonly title: string;
  readonly kind: string;
  readonly unit: string | undefined;
  readonly queries: readonly SeedQuery[];
}

interface SeedQuery {
  readonly expr: string;
  /** True if today's vLLM, or a gateway without the mesh's statistics, does not have the series. */
  readonly renamed: boolean;
}

/** The panels of the dashboard in the seed's chapter on observability. */
export const SEED_PANELS: readonly SeedPanel[] = [
  {
    title: 'Request Rate',
    kind: 'timeseries',
    unit: undefined,
    queries: [
      {
        expr: 'sum by(model) (rate(istio_requests_total{model!="unknown"}[$__rate_interval]))',
        renamed: true,
      },
    ],
  },
  {
    title: 'Tokens Rate',
    kind: 'timeseries',
    unit: undefined,
    queries: [
      {
        expr: 'sum by(llmproxy_model) (rate(asm_llm_proxy_completion_tokens{}[$__rate_interval]))',
        renamed: false,
      },
      {
        expr: 'sum by(llmproxy_model) (rate(asm_llm_proxy_prompt_tokens{}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'Average gpu cache usage',
    kind: 'stat',
    unit: 'percentunit',
    queries: [{ expr: 'avg(vllm:gpu_cache_usage_perc)', renamed: true }],
  },
  {
    title: 'Average Queue Time',
    kind: 'stat',
    unit: 's',
    queries: [
      {
        expr: 'avg(rate(vllm:request_queue_time_seconds_sum{model_name="$model_name"}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'Cache Utilization',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: [
      {
        expr: 'sum by(kubernetes_pod_name) (vllm:gpu_cache_usage_perc{model_name="$model_name"})',
        renamed: true,
      },
      { expr: 'vllm:cpu_cache_usage_perc{model_name="$model_name"}', renamed: true },
    ],
  },
  {
    title: 'Queue Time',
    kind: 'timeseries',
    unit: undefined,
    queries: [
      {
        expr: 'sum by(kubernetes_pod_name) (rate(vllm:request_queue_time_seconds_sum{model_name="$model_name"}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'Time To First Token Latency',
    kind: 'timeseries',
    unit: 's',
    queries: [
      {
        expr: 'histogram_quantile(0.99, sum by(le) (rate(vllm:time_to_first_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'histogram_quantile(0.95, sum by(le) (rate(vllm:time_to_first_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'histogram_quantile(0.9, sum by(le) (rate(vllm:time_to_first_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'histogram_quantile(0.5, sum by(le) (rate(vllm:time_to_first_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'sum by(kubernetes_pod_name) (rate(vllm:time_to_first_token_seconds_sum{model_name="$model_name"}[$__rate_interval])) / sum by(kubernetes_pod_name) (rate(vllm:time_to_first_token_seconds_count{model_name="$model_name"}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'Token Throughput',
    kind: 'timeseries',
    unit: undefined,
    queries: [
      { expr: 'rate(vllm:prompt_tokens_total{model_name="$model_name"}[$__rate_interval])', renamed: false },
      {
        expr: 'sum by(kubernetes_pod_name) (rate(vllm:generation_tokens_total{model_name="$model_name"}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'E2E Request Latency',
    kind: 'timeseries',
    unit: 's',
    queries: [
      {
        expr: 'histogram_quantile(0.99, sum by(le) (rate(vllm:e2e_request_latency_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'histogram_quantile(0.95, sum by(le) (rate(vllm:e2e_request_latency_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'histogram_quantile(0.9, sum by(le) (rate(vllm:e2e_request_latency_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'histogram_quantile(0.5, sum by(le) (rate(vllm:e2e_request_latency_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: false,
      },
      {
        expr: 'rate(vllm:e2e_request_latency_seconds_sum{model_name="$model_name"}[$__rate_interval]) / rate(vllm:e2e_request_latency_seconds_count{model_name="$model_name"}[$__rate_interval])',
        renamed: false,
      },
    ],
  },
  {
    title: 'Scheduler State',
    kind: 'timeseries',
    unit: 'none',
    queries: [
      { expr: 'vllm:num_requests_running{model_name="$model_name"}', renamed: false },
      { expr: 'vllm:num_requests_swapped{model_name="$model_name"}', renamed: true },
      {
        expr: 'sum by(kubernetes_pod_name) (vllm:num_requests_waiting{model_name="$model_name"})',
        renamed: false,
      },
    ],
  },
  {
    title: 'Time Per Output Token Latency',
    kind: 'timeseries',
    unit: 's',
    queries: [
      {
        expr: 'histogram_quantile(0.99, sum by(le) (rate(vllm:time_per_output_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: true,
      },
      {
        expr: 'histogram_quantile(0.95, sum by(le) (rate(vllm:time_per_output_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: true,
      },
      {
        expr: 'histogram_quantile(0.9, sum by(le) (rate(vllm:time_per_output_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: true,
      },
      {
        expr: 'histogram_quantile(0.5, sum by(le) (rate(vllm:time_per_output_token_seconds_bucket{model_name="$model_name"}[$__rate_interval])))',
        renamed: true,
      },
      {
        expr: 'rate(vllm:time_per_output_token_seconds_sum{model_name="$model_name"}[$__rate_interval]) / rate(vllm:time_per_output_token_seconds_count{model_name="$model_name"}[$__rate_interval])',
        renamed: true,
      },
    ],
  },
  {
    title: 'Requests Prefill and Decode Time',
    kind: 'timeseries',
    unit: undefined,
    queries: [
      {
        expr: 'rate(vllm:request_prefill_time_seconds_sum{model_name="$model_name"}[$__rate_interval])',
        renamed: false,
      },
      {
        expr: 'rate(vllm:request_decode_time_seconds_sum{model_name="$model_name"}[$__rate_interval])',
        renamed: false,
      },
    ],
  },
  {
    title: 'Request Prompt Length',
    kind: 'heatmap',
    unit: undefined,
    queries: [
      {
        expr: 'sum by(le) (increase(vllm:request_prompt_tokens_bucket{model_name="$model_name"}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'Request Generation Length',
    kind: 'heatmap',
    unit: undefined,
    queries: [
      {
        expr: 'sum by(le) (increase(vllm:request_generation_tokens_bucket{model_name="$model_name"}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'Finish Reason',
    kind: 'timeseries',
    unit: undefined,
    queries: [
      {
        expr: 'sum by(finished_reason) (increase(vllm:request_success_total{model_name="$model_name"}[$__rate_interval]))',
        renamed: false,
      },
    ],
  },
  {
    title: 'Max Generation Token in Sequence Group',
    kind: 'timeseries',
    unit: undefined,
    queries: [
      {
        expr: 'rate(vllm:request_max_num_generation_tokens_sum{model_name="$model_name"}[$__rate_interval])',
        renamed: false,
      },
    ],
  },
];
