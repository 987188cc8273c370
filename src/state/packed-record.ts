import type {
  ExclusionReason,
  ExplainedCandidate,
  ExplainedPick,
  ExplainedRule,
  Explanation,
} from '../core/explanation.ts';
import { beginningOf } from '../core/name-beginning.ts';
import type { Decided, RequestRecord } from '../core/request-record.ts';

/** An explanation as it is kept: pods as rows, since their names of fields would be most of it. */
interface PackedExplanation extends Omit<Explanation, 'pick'> {
  readonly pick: (Omit<ExplainedPick, 'candidates'> & PackedPods) | undefined;
}

interface PackedPods {
  /** The parts of each score. */
  readonly parts: readonly string[];
  readonly pods: readonly (Excluded | Admitted)[];
}

type Excluded = readonly [endpoint: string, name: string, because: ExclusionReason];
type Admitted = readonly [
  endpoint: string,
  name: string,
  total: number,
  full: boolean,
  scores: readonly number[],
];

/** So many of a rule's targets are kept, the chosen one among them. */
const MOST_TARGETS = 20;

/** Writes a record as short as can be; of names of endless length only the beginning, of many targets only some. */
export function packRecord(record: RequestRecord): string {
  const { decided, explanation } = record;
  return JSON.stringify({
    ...record,
    decided: decided === undefined ? undefined : shortened(decided),
    explanation: explanation === undefined ? undefined : packed(explanation, decided?.target),
  });
}

/** Reads what `packRecord` wrote. */
export function unpackRecord(text: string): RequestRecord {
  // Nobody else has written it.
  const record = JSON.parse(text) as RequestRecord & { readonly explanation?: PackedExplanation };
  const { explanation } = record;
  return explanation === undefined ? record : { ...record, explanation: unpacked(explanation) };
}

function shortened(decided: Decided): Decided {
  const { model, target } = decided;
  const kept = beginningOf(model);
  return { ...decided, model: kept, target: target === model ? kept : target };
}

function packed(explanation: Explanation, chosen: string | undefined): PackedExplanation {
  const { rule, pick } = explanation;
  const names = { ...explanation, rule: rule === undefined ? undefined : withFewerTargets(rule, chosen) };
  if (pick === undefined) return { ...names, pick };
  const { candidates, ...rest } = pick;
  const scored = candidates.find((each) => each.admitted);
  const parts = scored?.admitted === true ? Object.keys(scored.scores) : [];
  return { ...names, pick: { ...rest, parts, pods: candidates.map((each) => rowOf(each, parts)) } };
}

function withFewerTargets(rule: ExplainedRule, chosen: string | undefined): ExplainedRule {
  if (rule.kind !== 'weighted' || rule.targets.length <= MOST_TARGETS) return rule;
  const at = rule.targets.findIndex(({ name }) => name === chosen);
  const first = Math.max(0, at - MOST_TARGETS + 1);
  const targets = rule.targets.slice(first, first + MOST_TARGETS);
  return { ...rule, targets, left: rule.targets.length - targets.length };
}

function rowOf(candidate: ExplainedCandidate, parts: readonly string[]): Excluded | Admitted {
  const { endpoint, name } = candidate;
  if (!candidate.admitted) return [endpoint, name, candidate.because];
  const { total, full, scores } = candidate;
  return [endpoint, name, total, full, parts.map((part) => scores[part] ?? 0)];
}

function unpacked({ pick, ...names }: PackedExplanation): Explanation {
  if (pick === undefined) return { ...names, pick };
  const { parts, pods, ...rest } = pick;
  return { ...names, pick: { ...rest, candidates: pods.map((row) => candidateOf(row, parts)) } };
}

function candidateOf(row: Excluded | Admitted, parts: readonly string[]): ExplainedCandidate {
  if (row.length === 3) {
    const [endpoint, name, because] = row;
    return { endpoint, name, admitted: false, because };
  }
  const [endpoint, name, total, full, values] = row;
  const scores = Object.fromEntries(parts.map((part, at) => [part, values[at] ?? 0]));
  return { endpoint, name, admitted: true, total, full, scores };
}
