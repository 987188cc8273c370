import { columns } from '../columns.ts';
import { printable } from '../printable.ts';
import type { Answer, AnsweredCandidate } from './answer.ts';

/** Columns that are flush left. */
const ALL = Number.POSITIVE_INFINITY;

/** An answer as lines of text: rule, target and why, every pod with its score, and the pick. */
export function reportLines(answer: Answer): readonly string[] {
  const lines = [
    ...columns(facts(answer), ALL),
    ...section('targets', targetRows(answer)),
    ...section(
      'pods',
      answer.candidates.map((each) => podRow(each, answer)),
    ),
  ];
  return lines.map(printable);
}

function facts(answer: Answer): readonly (readonly string[])[] {
  const { model, host, pool } = answer;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['model', model ?? 'none; the request is routed by its headers'],
    ['host', host],
    ['pool', pool],
    ['rule', ruleOf(answer)],
    ['target', targetOf(answer)],
    ['pick', pickOf(answer)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function ruleOf({ rule }: Answer): string | undefined {
  if (rule === undefined) return undefined;
  const { kind, namespace, name, place, criticality, problem } = rule;
  const note = problem === undefined ? (criticality ?? '') : `invalid: ${problem}`;
  return `${kind} ${namespace}/${name} (${place}) ${note}`.trimEnd();
}

function targetOf({ target, role, roll, outcome, route, model }: Answer): string | undefined {
  if (target === undefined) return outcome === 'forwarded' ? `the body stays as it is (${route})` : undefined;
  if (roll !== undefined) return `${target} (${role}): rolled ${roll.value.toFixed(4)} by ${roll.by}`;
  return target === model ? `${target}: asked for by its own name` : target;
}

function pickOf({ outcome, endpoint = '', fallbacks, status, reason, message = '' }: Answer): string {
  if (outcome === 'rejected') return `none: ${status} ${reason}: ${message}`;
  return fallbacks.length === 0 ? endpoint : `${endpoint}, then ${fallbacks.join(', ')}`;
}

function targetRows({ targets, target }: Answer): readonly (readonly string[])[] {
  const total = targets.reduce((sum, { effective }) => sum + effective, 0);
  return targets.map(({ name, wanted, effective, reason, role, group }) => [
    name === target ? '*' : ' ',
    name,
    `wanted ${wanted}`,
    `effective ${effective}`,
    total === 0 ? '0 %' : `${((100 * effective) / total).toFixed(1)} %`,
    role === group ? role : `${role} ${group}`,
    reason ?? '',
  ]);
}

function podRow(candidate: AnsweredCandidate, { endpoint, outcome }: Answer): readonly string[] {
  const picked = outcome === 'forwarded' && candidate.endpoint === endpoint;
  const name = candidate.name === candidate.endpoint ? '' : candidate.name;
  return [picked ? '*' : ' ', candidate.endpoint, name, scoreOf(candidate)];
}

function scoreOf(candidate: AnsweredCandidate): string {
  if (!candidate.admitted) return `no candidate: ${candidate.because}`;
  const parts = Object.entries(candidate.scores).filter(([, score]) => score !== 0);
  const sum = parts.map(([part, score]) => `${part} ${number(score)}`).join(' + ');
  return `total ${number(candidate.total)}${candidate.full ? ' (full)' : ''} = ${sum === '' ? 'idle' : sum}`;
}

function number(value: number): string {
  return String(Number(value.toFixed(3)));
}

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ['', title, ...columns(rows, ALL)];
}
