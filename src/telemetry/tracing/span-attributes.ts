import type { Attributes } from '@opentelemetry/api';
import type { ExplainedCandidate } from '../../core/explanation.ts';
import { beginningOf } from '../../core/name-beginning.ts';
import { reasonOf } from '../../core/reason.ts';
import type { RequestRecord } from '../../core/request-record.ts';

/** The paths whose operation OpenTelemetry has a word for. */
const OPERATIONS: readonly (readonly [string, string])[] = [
  ['/chat/completions', 'chat'],
  ['/completions', 'text_completion'],
  ['/embeddings', 'embeddings'],
];

/** OpenTelemetry's word for what a path asks a model to do; undefined where it has none. */
export function operationOf(path: string): string | undefined {
  return OPERATIONS.find(([ending]) => path.endsWith(ending))?.[1];
}

/** What a span tells of a request: OpenTelemetry's names for what it has some for, and Serin's for its decision. */
export function spanAttributes(record: RequestRecord, operation: string | undefined): Attributes {
  const { decided, asked, explanation, id, status, usage, finishReason } = record;
  const { model, target } = decided ?? { model: asked?.model, target: explanation?.pick?.target };
  return {
    'gen_ai.provider.name': 'vllm',
    ...filled({
      'gen_ai.operation.name': operation,
      'gen_ai.request.model': beginningOf(model),
      'gen_ai.response.model': beginningOf(decided?.target),
      'gen_ai.response.finish_reasons': finishReason === undefined ? undefined : [finishReason],
      'gen_ai.usage.input_tokens': usage?.promptTokens,
      'gen_ai.usage.output_tokens': usage?.completionTokens,
      'http.response.status_code': status,
      ...serverOf(record),
      'serin.request_id': id,
      'serin.pool': decided?.pool ?? asked?.pool,
      'serin.target': beginningOf(target),
      'serin.role': decided?.role,
      'serin.group': decided?.group,
      'serin.route': decided?.route,
      'serin.endpoint': decided?.endpoint,
      'serin.reason': whyOf(record),
      'serin.candidates': explanation?.pick?.candidates.map(candidateText),
    }),
  };
}

/** Why a request failed, as far as Serin or its pod is to blame; undefined if it did not. */
export function errorOf({ reason, status = 0 }: RequestRecord): string | undefined {
  if (reason !== undefined) return reason;
  return status >= 500 ? String(status) : undefined;
}

function whyOf({ reason, decided, explanation }: RequestRecord): string | undefined {
  if (reason !== undefined) return reason;
  return decided === undefined ? undefined : reasonOf({ ...decided, explanation });
}

/** The pod that served, or was picked to. */
function serverOf({ served, decided }: RequestRecord): Attributes {
  const address = served ?? decided?.endpoint;
  if (address === undefined) return {};
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return { 'server.address': host, 'server.port': Number(address.slice(colon + 1)) };
}

function candidateText(candidate: ExplainedCandidate): string {
  if (!candidate.admitted) return `${candidate.endpoint} ${candidate.because}`;
  const scores = Object.entries(candidate.scores).map(([part, score]) => `${part}=${score}`);
  return [candidate.endpoint, `total=${candidate.total}`, ...scores].join(' ');
}

function filled(attributes: { readonly [name: string]: Attributes[string] | undefined }): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
