import type { Decided, RequestRecord } from '../core/request-record.ts';
import type { RecentDecisions } from '../state/decision-ring.ts';
import type { PageContent } from './admin.ts';
import { explanationJson } from './explanation-json.ts';

/** Without a limit in the query. */
const LIMIT = 100;

/** The recent decisions that a query asks for, the newest first, as JSON for `/debug/decisions`. */
export function decisionsPage({ records, seen, kept }: RecentDecisions, query: URLSearchParams): PageContent {
  const given = query.get('limit') ?? String(LIMIT);
  const outcome = query.get('outcome');
  if (!/^\d{1,9}$/.test(given)) return refused('limit: a whole number expected');
  if (outcome !== null && outcome !== 'forwarded' && outcome !== 'rejected') {
    return refused('outcome: forwarded or rejected expected');
  }
  const decisions: object[] = [];
  for (const record of records) {
    if (decisions.length >= Number(given)) break;
    if (matches(record, query)) decisions.push(decisionJson(record));
  }
  const page = { decisions, sampled: kept < seen, seen };
  return { status: 200, type: 'application/json', text: `${JSON.stringify(page, undefined, 2)}\n` };
}

function refused(problem: string): PageContent {
  return { status: 400, type: 'text/plain', text: `${problem}\n` };
}

/** The names of a decision; those of a rejection as far as it had come. */
function namesOf({ decided, asked, explanation }: RequestRecord): Partial<Decided> {
  if (decided !== undefined) return decided;
  const { pool, model } = asked ?? {};
  return { ...(pool === undefined ? {} : { pool }), model, target: explanation?.pick?.target };
}

/** Names are compared as they are; `q` may be any part of any of them. */
function matches(record: RequestRecord, query: URLSearchParams): boolean {
  const { outcome, reason, id } = record;
  const { model, target, endpoint, pool } = namesOf(record);
  const named = { model, target, endpoint, outcome, pool, reason };
  const fits = Object.entries(named).every(([name, value]) => (query.get(name) ?? value) === value);
  const wanted = query.get('q')?.toLowerCase() ?? '';
  const searched = [model, target, endpoint, pool, reason, id];
  return fits && (wanted === '' || searched.some((text) => text?.toLowerCase().includes(wanted)));
}

/** What is unknown is absent. */
function decisionJson(record: RequestRecord): object {
  const { pool, route, model, target, role, group, endpoint } = namesOf(record);
  const { id, outcome, reason, startedAtMs, explanation } = record;
  const { status, served, durationMs, headersMs, firstTokenMs, usage, finishReason } = record;
  return {
    ...{ atMs: startedAtMs, id, outcome, reason, pool, route, model, target, role, group, endpoint },
    ...{ served, status, durationMs, headersMs, firstTokenMs, usage, finishReason },
    explanation: explanation === undefined ? undefined : explanationJson(explanation),
  };
}
