import type { GetResult } from '../sources/scrape/http-get.ts';
import type { LoadFigures } from '../sources/scrape/parse-metrics.ts';
import { type Finding, findingsOf, listOf } from './finding.ts';

/** What became of asking one pod for `/metrics`. */
export interface PodFact {
  readonly address: string;
  readonly name: string;
  readonly scheme: 'http' | 'https';
  /** The answer without its body. */
  readonly answer: PodAnswer;
  /** Whether the pod answers in the other scheme; asked only after a failure. */
  readonly answersOtherwise: boolean;
  /** How the running Serin sees the pod; undefined if it was not asked or does not know it. */
  readonly seenAs: string | undefined;
}

/** An answer with what was found on the page, or none. */
export type PodAnswer =
  | { readonly kind: 'page'; readonly figures: LoadFigures }
  | { readonly kind: 'status'; readonly status: number }
  | Exclude<GetResult, { readonly kind: 'answered' }>;

const { ok, warning, fault } = findingsOf('pod metrics');

/** Something to say of a pod, in the same words for every pod of which it is true. */
type Verdict =
  | { readonly kind: 'ok'; readonly message: string }
  | { readonly kind: 'warning' | 'fault'; readonly message: string; readonly fix: string };

/** Says which pods cannot be scraped, and why; pods with the same trouble share a line. */
export function checkPods(facts: readonly PodFact[]): readonly Finding[] {
  const groups = Map.groupBy(facts, (fact) => JSON.stringify(verdictOf(fact)));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [groupFinding(verdictOf(first), group, facts.length)];
  });
}

function groupFinding(verdict: Verdict, group: readonly PodFact[], total: number): Finding {
  if (verdict.kind === 'ok') return ok(`${group.length} of ${total} pods: ${verdict.message}`);
  const pods = group.map(({ address, name }) => (name === address ? address : `${name} (${address})`));
  const report = verdict.kind === 'fault' ? fault : warning;
  return report(`${listOf(pods)}: ${verdict.message}`, verdict.fix);
}

function verdictOf(fact: PodFact): Verdict {
  const { answer } = fact;
  switch (answer.kind) {
    case 'page':
      return fact.seenAs === 'dead' ? DEAD_TO_SERIN : figuresVerdict(answer.figures);
    case 'status':
      return {
        kind: answer.status >= 500 ? 'fault' : 'warning',
        message: `/metrics answers ${answer.status}`,
        fix: 'serve vLLM’s metrics on the port of the API; without them only what Serin itself sent counts as load',
      };
    case 'refused':
    case 'failed':
      return noAnswerVerdict(fact, answer);
  }
}

const DEAD_TO_SERIN: Verdict = {
  kind: 'fault',
  message: 'reached from here, but not by the running Serin, which sends them nothing',
  fix: 'let Serin’s pods through any NetworkPolicy to the pods’ port, and give it the same --model-server-… flags',
};

const FIGURES = [
  ['waiting', 'vllm:num_requests_waiting'],
  ['running', 'vllm:num_requests_running'],
  ['kvUsage', 'vllm:kv_cache_usage_perc'],
] as const;

function figuresVerdict(figures: LoadFigures): Verdict {
  const missing = FIGURES.flatMap(([figure, series]) => (figures[figure] === undefined ? [series] : []));
  if (missing.length > 0) {
    return {
      kind: 'warning',
      message: `/metrics lacks ${missing.join(', ')}`,
      fix: 'serve vLLM’s metrics there (no --disable-log-stats); what is missing counts as 0',
    };
  }
  const loras =
    figures.maxLoras === undefined
      ? ', not yet adapter slots: vllm:lora_requests_info comes with the first request, if LoRA is on'
      : ' and adapter slots';
  return { kind: 'ok', message: `/metrics tells requests, KV cache${loras}` };
}

type NoAnswer = Extract<PodAnswer, { readonly kind: 'refused' | 'failed' }>;

function noAnswerVerdict({ scheme, answersOtherwise, seenAs }: PodFact, answer: NoAnswer): Verdict {
  const other = scheme === 'http' ? 'https' : 'http';
  if (answersOtherwise) {
    return {
      kind: 'fault',
      message: `no answer over ${scheme}, but one over ${other}`,
      fix: `--model-server-metrics-scheme=${other}`,
    };
  }
  const problem = answer.kind === 'refused' ? 'nothing listens there' : REASONS[answer.reason];
  // Pods of a cluster can seldom be reached from elsewhere; what counts is whether Serin reaches them.
  if (seenAs === 'fresh') {
    return {
      kind: 'warning',
      message: `not reached from here (${problem}); the running Serin reaches them`,
      fix: 'none is needed; run the doctor where Serin runs to see more',
    };
  }
  return { kind: 'fault', message: `/metrics: ${problem}`, fix: fixOf(answer) };
}

const REASONS = {
  timeout: 'no answer in time',
  too_large: 'the page is too large',
  connection: 'the connection broke',
  certificate: 'a certificate is not taken',
} as const;

function fixOf(answer: NoAnswer): string {
  if (answer.kind === 'refused') return 'correct the target port of the pool, or start vLLM on it';
  switch (answer.reason) {
    case 'certificate':
      return 'give the pods’ authority with --model-server-ca-file, and Serin’s own certificate with --model-server-client-cert-file and --model-server-client-key-file if they ask for one';
    case 'timeout':
      return 'let Serin’s pods through any NetworkPolicy to the pods’ port, or raise --scrape-timeout';
    case 'connection':
      return 'see in the pod’s log why it closes connections';
    case 'too_large':
      return 'point the pool’s target port at vLLM itself';
  }
}
