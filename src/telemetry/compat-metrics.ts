import { REJECTIONS, type RejectReason } from '../core/rejection.ts';
import {
  type Buckets,
  type FamilyHead,
  familyText,
  histogramLines,
  labelText,
  sample,
} from './exposition.ts';
import { bucketsOf, coarser, type Merged, mergeBy, sumOf } from './merged-figures.ts';
import type { TargetFigures } from './target-figures.ts';

/** What the metrics under other projects' names are made from. */
export interface CompatFigures {
  readonly targets: () => Iterable<TargetFigures>;
  readonly rejections: () => ReadonlyMap<RejectReason, number>;
  /** How long decisions took, in seconds. */
  readonly decisions: Buckets;
}

/**
 * The metrics of requests under the names that dashboards for the seed's mesh, for the Gateway API Inference Extension
 * of several generations, and for llm-d read. They are counted once, under our own names, and told again here.
 */
export function compatText(figures: CompatFigures): string {
  const byModel = mergeBy(figures.targets(), ({ names }) => names.model);
  const byTarget = mergeBy(figures.targets(), ({ names }) =>
    labelText({ model_name: names.model, target_model_name: names.target }),
  );
  return [
    ...seedText(figures),
    ...GENERATIONS.flatMap((names) => requestText(names, byTarget)),
    ...GENERATIONS.map(({ errors }) =>
      family(counter(errors, 'Requests that failed'), errorLines(byTarget, figures)),
    ),
    ...RUNNING.map((name) => family(gauge(name, 'Requests in flight'), runningLines(byModel))),
    family(
      gauge('llm_d_epp_request_running', 'Requests in flight'),
      byTarget.map((merged) => ({ labels: merged.key, value: sumOf(merged, ({ open }) => open) })),
    ),
    histograms('llm_d_epp_request_ttft_seconds', byTarget, ({ firstTokenS }) => firstTokenS),
    ...SCHEDULERS.map((name) =>
      familyText(
        { name, type: 'histogram', help: 'Time to decide a request' },
        histogramLines(name, '', coarser(figures.decisions, SCHEDULER_BOUNDS_S)),
      ),
    ),
  ].join('');
}

interface Generation {
  readonly total: string;
  readonly errors: string;
  readonly duration: string;
  readonly input: string;
  readonly output: string;
  readonly perToken: string;
  readonly requestSize: string;
  readonly responseSize: string;
}

const GENERATIONS: readonly Generation[] = [
  ...['inference_model', 'inference_objective'].map((prefix) => ({
    total: `${prefix}_request_total`,
    errors: `${prefix}_request_error_total`,
    duration: `${prefix}_request_duration_seconds`,
    input: `${prefix}_input_tokens`,
    output: `${prefix}_output_tokens`,
    perToken: `${prefix}_normalized_time_per_output_token_seconds`,
    requestSize: `${prefix}_request_sizes`,
    responseSize: `${prefix}_response_sizes`,
  })),
  {
    total: 'llm_d_epp_request_total',
    errors: 'llm_d_epp_request_error_total',
    duration: 'llm_d_epp_request_duration_seconds',
    input: 'llm_d_epp_request_input_tokens',
    output: 'llm_d_epp_request_output_tokens',
    perToken: 'llm_d_epp_request_ntpot_seconds',
    requestSize: 'llm_d_epp_request_size_bytes',
    responseSize: 'llm_d_epp_response_size_bytes',
  },
];

const RUNNING = ['inference_model_running_requests', 'inference_objective_running_requests'];
const SCHEDULERS = [
  'inference_extension_scheduler_e2e_duration_seconds',
  'llm_d_epp_scheduler_e2e_duration_seconds',
];
const SCHEDULER_BOUNDS_S = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1];

interface Line {
  readonly labels: string;
  readonly value: number;
}

function counter(name: string, help: string): FamilyHead {
  return { name, type: 'counter', help };
}

function gauge(name: string, help: string): FamilyHead {
  return { name, type: 'gauge', help };
}

function family(head: FamilyHead, lines: readonly Line[]): string {
  return familyText(
    head,
    lines.map(({ labels, value }) => sample(head.name, labels, value)),
  );
}

/** Without the empty ones, which are most of them where response bodies stay with the proxy. */
function histograms(
  name: string,
  merged: readonly Merged[],
  buckets: (figures: TargetFigures) => Buckets,
): string {
  return familyText(
    { name, type: 'histogram', help: 'By model and target' },
    merged.flatMap((each) => {
      const all = bucketsOf(each, buckets);
      return Array.from(all.counts).some((count) => count > 0) ? histogramLines(name, each.key, all) : [];
    }),
  );
}

/** By the model that served a request, as the mesh's proxy reads it: the target, where there is one. */
function seedText({ targets }: CompatFigures): readonly string[] {
  const served = mergeBy(targets(), ({ names }) =>
    labelText({ llmproxy_model: names.target === '' ? names.model : names.target }),
  );
  const lines = (value: (figures: TargetFigures) => number) =>
    served.map((merged) => ({ labels: merged.key, value: sumOf(merged, value) }));
  return [
    family(
      counter('asm_llm_proxy_prompt_tokens', 'Tokens of prompts'),
      lines(({ promptTokens }) => promptTokens),
    ),
    family(
      counter('asm_llm_proxy_completion_tokens', 'Tokens that were generated'),
      lines(({ completionTokens }) => completionTokens),
    ),
  ];
}

function requestText(names: Generation, byTarget: readonly Merged[]) {
  const { total, duration, input, output, perToken, requestSize, responseSize } = names;
  return [
    family(
      counter(total, 'Requests that were forwarded'),
      byTarget.map((merged) => ({ labels: merged.key, value: sumOf(merged, ({ routed }) => routed) })),
    ),
    histograms(duration, byTarget, ({ durationS }) => durationS),
    histograms(input, byTarget, ({ promptTokensOf }) => promptTokensOf),
    histograms(output, byTarget, ({ completionTokensOf }) => completionTokensOf),
    histograms(perToken, byTarget, ({ tokenS }) => tokenS),
    histograms(requestSize, byTarget, ({ requestBytes }) => requestBytes),
    histograms(responseSize, byTarget, ({ responseBytes }) => responseBytes),
  ];
}

function runningLines(byModel: readonly Merged[]): readonly Line[] {
  return byModel.map((merged) => ({
    labels: labelText({ model_name: merged.key }),
    value: sumOf(merged, ({ open }) => open),
  }));
}

function errorLines(byTarget: readonly Merged[], { rejections }: CompatFigures): readonly Line[] {
  const codes = new Map<string, number>();
  for (const [reason, count] of rejections()) {
    const code = codeOf(REJECTIONS[reason].status);
    codes.set(code, (codes.get(code) ?? 0) + count);
  }
  return [
    ...byTarget.map((merged) => ({
      labels: `${merged.key},error_code="ModelServerError"`,
      value: sumOf(merged, ({ classes }) => classes['5xx']),
    })),
    ...[...codes].map(([code, value]) => ({
      labels: labelText({ model_name: '', target_model_name: '', error_code: code }),
      value,
    })),
  ];
}

/** The pickers' own words for what they refuse. */
function codeOf(status: number): string {
  if (status === 429) return 'InferencePoolResourceExhausted';
  if (status === 503) return 'ServiceUnavailable';
  return status < 500 ? 'BadRequest' : 'Internal';
}
