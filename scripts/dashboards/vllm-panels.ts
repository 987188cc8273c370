import { AUTO, type Panel, type Query, query } from './panel.ts';

/** The series of one served base model. */
const OF = '{model_name="$model_name"}';
const RATE = '[$__rate_interval]';

/**
 * The panels of the seed's dashboard, in its order. Where today's vLLM has another name for a series, a query is the
 * seed's and, after `or`, the same of its successor.
 */
export const VLLM_PANELS: readonly Panel[] = (
  [
    {
      kind: 'timeseries',
      title: 'Request Rate',
      description: "Requests by model: the mesh's figures, and Serin's where the mesh has none.",
      queries: [
        query(
          AUTO,
          either(
            `sum by(model) (rate(istio_requests_total{model!="unknown"}${RATE}))`,
            `sum by(model) (rate(serin_requests_total${RATE}))`,
          ),
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Tokens Rate',
      queries: [
        query(
          'generate tokens (from proxy)',
          `sum by(llmproxy_model) (rate(asm_llm_proxy_completion_tokens{}${RATE}))`,
        ),
        query(
          'prompt tokens (from proxy)',
          `sum by(llmproxy_model) (rate(asm_llm_proxy_prompt_tokens{}${RATE}))`,
        ),
      ],
    },
    {
      kind: 'stat',
      title: 'Average gpu cache usage',
      unit: 'percentunit',
      queries: [query(AUTO, either('avg(vllm:gpu_cache_usage_perc)', 'avg(vllm:kv_cache_usage_perc)'))],
    },
    {
      kind: 'stat',
      title: 'Average Queue Time',
      unit: 's',
      queries: [query(AUTO, `avg(rate(vllm:request_queue_time_seconds_sum${OF}${RATE}))`)],
    },
    {
      kind: 'timeseries',
      title: 'Cache Utilization',
      description: "Share of the cache's blocks in use. Today's vLLM has no cache in CPU memory: 0.",
      unit: 'percentunit',
      queries: [
        query(
          'GPU Cache Usage ({{kubernetes_pod_name}})',
          either(
            `sum by(kubernetes_pod_name) (vllm:gpu_cache_usage_perc${OF})`,
            `sum by(kubernetes_pod_name) (vllm:kv_cache_usage_perc${OF})`,
          ),
        ),
        query(
          'CPU Cache Usage',
          either(`vllm:cpu_cache_usage_perc${OF}`, `0 * vllm:kv_cache_usage_perc${OF}`),
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Queue Time',
      queries: [
        query(AUTO, `sum by(kubernetes_pod_name) (rate(vllm:request_queue_time_seconds_sum${OF}${RATE}))`),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Time To First Token Latency',
      description: 'Quantiles and mean of the time to the first token.',
      unit: 's',
      queries: [
        ...quantiles('vllm:time_to_first_token_seconds'),
        query(
          'Average ({{kubernetes_pod_name}})',
          ['sum', 'count']
            .map(
              (part) =>
                `sum by(kubernetes_pod_name) (rate(vllm:time_to_first_token_seconds_${part}${OF}${RATE}))`,
            )
            .join(' / '),
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Token Throughput',
      description: 'Tokens a second.',
      queries: [
        query('Prompt Tokens/Sec', `rate(vllm:prompt_tokens_total${OF}${RATE})`),
        query(
          'Generation Tokens/Sec ({{kubernetes_pod_name}})',
          `sum by(kubernetes_pod_name) (rate(vllm:generation_tokens_total${OF}${RATE}))`,
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'E2E Request Latency',
      description: 'Quantiles and mean of the time of a whole request.',
      unit: 's',
      queries: [
        ...quantiles('vllm:e2e_request_latency_seconds'),
        query('Average', mean('vllm:e2e_request_latency_seconds')),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Scheduler State',
      description: "Requests that run, wait, or are swapped out. Today's vLLM swaps none: 0.",
      unit: 'none',
      queries: [
        query('Num Running', `vllm:num_requests_running${OF}`),
        query('Num Swapped', either(`vllm:num_requests_swapped${OF}`, `0 * vllm:num_requests_running${OF}`)),
        query(
          'Num Waiting for {{kubernetes_pod_name}}',
          `sum by(kubernetes_pod_name) (vllm:num_requests_waiting${OF})`,
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Time Per Output Token Latency',
      description: 'Quantiles and mean of the time between two tokens.',
      unit: 's',
      queries: [
        ...quantiles('vllm:time_per_output_token_seconds', 'vllm:inter_token_latency_seconds'),
        query(
          'Mean',
          either(mean('vllm:time_per_output_token_seconds'), mean('vllm:inter_token_latency_seconds')),
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Requests Prefill and Decode Time',
      queries: [
        query('Prefill', `rate(vllm:request_prefill_time_seconds_sum${OF}${RATE})`),
        query('Decode', `rate(vllm:request_decode_time_seconds_sum${OF}${RATE})`),
      ],
    },
    {
      kind: 'heatmap',
      title: 'Request Prompt Length',
      description: 'Tokens of prompts.',
      axis: 'Prompt Length',
      queries: [query('{{le}}', `sum by(le) (increase(vllm:request_prompt_tokens_bucket${OF}${RATE}))`)],
    },
    {
      kind: 'heatmap',
      title: 'Request Generation Length',
      description: 'Tokens that were generated for a request.',
      axis: 'Generation Length',
      queries: [query('{{le}}', `sum by(le) (increase(vllm:request_generation_tokens_bucket${OF}${RATE}))`)],
    },
    {
      kind: 'timeseries',
      title: 'Finish Reason',
      description: 'Finished requests by the reason of their end.',
      queries: [query(AUTO, `sum by(finished_reason) (increase(vllm:request_success_total${OF}${RATE}))`)],
    },
    {
      kind: 'timeseries',
      title: 'Max Generation Token in Sequence Group',
      queries: [query('Tokens', `rate(vllm:request_max_num_generation_tokens_sum${OF}${RATE})`)],
    },
  ] satisfies readonly Omit<Panel, 'dashboard'>[]
).map((panel) => ({ ...panel, dashboard: 'vllm' }));

/** What the first gives, and of the second what the first does not know. */
function either(seed: string, successor: string): string {
  return `${seed} or ${successor}`;
}

function mean(name: string): string {
  return `rate(${name}_sum${OF}${RATE}) / rate(${name}_count${OF}${RATE})`;
}

function quantiles(name: string, successor?: string): readonly [Query, ...Query[]] {
  const at = (label: string, share: number) => {
    const of = (family: string) =>
      `histogram_quantile(${share}, sum by(le) (rate(${family}_bucket${OF}${RATE})))`;
    return query(label, successor === undefined ? of(name) : either(of(name), of(successor)));
  };
  return [at('P99', 0.99), at('P95', 0.95), at('P90', 0.9), at('P50', 0.5)];
}
