import { type Panel, type Query, query } from './panel.ts';

/** The series of the model that is looked at. */
const MODEL = 'namespace="$namespace",pool="$pool",model="$model"';
const RATE = '[$__rate_interval]';
const TARGET = '{{target}} ({{role}})';

/** What the owner of a canary looks at, by target. */
export const CANARY_PANELS: readonly Panel[] = (
  [
    {
      kind: 'timeseries',
      title: 'Split: wanted and observed',
      description:
        'Shares of the targets: by the weights of the object, by those in force, and of the requests that went there.',
      unit: 'percentunit',
      queries: [
        query('{{target}} wanted', share(`max by(target) (serin_target_weight{${MODEL},kind="wanted"})`)),
        query(
          '{{target}} in force',
          share(`max by(target) (serin_target_weight{${MODEL},kind="effective"})`),
        ),
        query('{{target}} observed', share(perTarget('serin_requests_total', ',route="weighted"'))),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Requests per target',
      description: 'Requests that were forwarded, a second.',
      unit: 'reqps',
      queries: [query(TARGET, `sum by(target, role) (rate(serin_requests_total{${MODEL}}${RATE}))`)],
    },
    {
      kind: 'timeseries',
      title: 'Errors per target',
      description: 'Share of the responses that were 5xx.',
      unit: 'percentunit',
      queries: [
        query(
          TARGET,
          ['serin_response_errors_total', 'serin_responses_total']
            .map((name) => `sum by(target, role) (rate(${name}{${MODEL}}${RATE}))`)
            .join(' / '),
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Responses by status',
      unit: 'reqps',
      queries: [
        query('{{target}} {{code}}', `sum by(target, code) (rate(serin_responses_total{${MODEL}}${RATE}))`),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Time to first token',
      description: 'P50 and P95 from a request to the first content of its response.',
      unit: 's',
      queries: quantiles('serin_time_to_first_token_seconds'),
    },
    {
      kind: 'timeseries',
      title: 'Latency',
      description: 'P50 and P95 from a request to the end of its response.',
      unit: 's',
      queries: quantiles('serin_request_duration_seconds'),
    },
    {
      kind: 'timeseries',
      title: 'Time to headers',
      description: 'P50 and P95 from a request to the headers of its response.',
      unit: 's',
      queries: quantiles('serin_response_headers_seconds'),
    },
    {
      kind: 'timeseries',
      title: 'Tokens per second',
      description: 'As the model servers counted them.',
      queries: [
        query('{{target}} generated', perTarget('serin_completion_tokens_total')),
        query('{{target}} prompt', perTarget('serin_prompt_tokens_total')),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Responses without tokens',
      description: 'Good responses whose tokens are not known; the figures above are without them.',
      unit: 'reqps',
      queries: [
        query(
          '{{target}} {{reason}}',
          `sum by(target, reason) (rate(serin_responses_without_usage_total{${MODEL}}${RATE}))`,
        ),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Pods that hold the adapter',
      description: 'Pods that may serve a target, that say that they do, and that have it in a GPU slot.',
      queries: [query('{{target}} {{kind}}', `max by(target, kind) (serin_target_endpoints{${MODEL}})`)],
    },
    {
      kind: 'timeseries',
      title: 'Requests in flight',
      queries: [query(TARGET, `sum by(target, role) (serin_requests_in_flight{${MODEL}})`)],
    },
    {
      kind: 'timeseries',
      title: 'Pods of the pool',
      queries: [
        query('{{state}}', 'max by(state) (serin_pool_endpoints{namespace="$namespace",pool="$pool"})'),
      ],
    },
    {
      kind: 'timeseries',
      title: 'Rejections',
      description: 'Requests that Serin refused, of all models, by reason.',
      unit: 'reqps',
      queries: [query('{{reason}}', `sum by(reason) (rate(serin_rejections_total${RATE}))`)],
    },
    {
      kind: 'timeseries',
      title: 'Picker cost',
      description: 'CPU time of all replicas for one request, and the P99 of the time to decide one.',
      unit: 's',
      queries: [
        query(
          'CPU per request',
          `sum(rate(process_cpu_seconds_total${RATE}) and on(instance) serin_streams_open) / sum(rate(serin_requests_total${RATE}))`,
        ),
        query(
          'decision P99',
          `histogram_quantile(0.99, sum by(le) (rate(serin_decision_duration_seconds_bucket${RATE})))`,
        ),
      ],
    },
  ] satisfies readonly Omit<Panel, 'dashboard'>[]
).map((panel) => ({ ...panel, dashboard: 'canary' }));

function perTarget(name: string, more = ''): string {
  return `sum by(target) (rate(${name}{${MODEL}${more}}${RATE}))`;
}

/** Each target's part of the whole. */
function share(byTarget: string): string {
  return `${byTarget} / ignoring(target) group_left sum(${byTarget})`;
}

function quantiles(name: string): readonly [Query, ...Query[]] {
  const at = (label: string, of: number) =>
    query(
      `{{target}} ${label}`,
      `histogram_quantile(${of}, sum by(le, target) (rate(${name}_bucket{${MODEL}}${RATE})))`,
    );
  return [at('P50', 0.5), at('P95', 0.95)];
}
