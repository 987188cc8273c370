import { describe, expect, test } from 'vitest';
import { decisionsPage } from '../../src/server/decisions-page.ts';
import { meta } from '../core/objects.ts';
import { recordOf, rejectionOf } from '../state/decisions.ts';

const EXPLAINED = recordOf({
  ...{ id: '8E5C-1', status: 200, headersMs: 3, firstTokenMs: 5, finishReason: 'stop' },
  usage: { promptTokens: 7, completionTokens: 9 },
  explanation: {
    model: 'lora-request',
    pool: 'default/pool',
    rule: { kind: 'weighted', object: meta('InferenceModel', 'm'), criticality: 'Standard', targets: [] },
    roll: { value: 0.5, by: 'chance' },
    pick: {
      target: 'sql-lora',
      sheddable: false,
      candidates: [
        { endpoint: '10.0.0.1:8000', name: 'a', admitted: true, total: 1, full: false, scores: { load: 1 } },
      ],
      left: 2,
    },
  },
});
const CANARY = recordOf({ startedAtMs: 2000 }, { target: 'sql-lora-2', endpoint: '10.0.0.2:8000' });
const REFUSED = rejectionOf({ startedAtMs: 3000 });
const BUSY = rejectionOf({
  ...{ startedAtMs: 4000, reason: 'overloaded' },
  asked: { pool: 'default/pool', model: 'busy-model' },
  explanation: {
    ...{ model: 'busy-model', pool: 'default/pool', rule: undefined, roll: undefined },
    pick: { target: 'busy-lora', sheddable: true, candidates: [], left: 0 },
  },
});
const HELD = { records: [REFUSED, CANARY, EXPLAINED], seen: 10, kept: 3 };

function ask(query: string) {
  const { status, text } = decisionsPage(HELD, new URLSearchParams(query));
  if (status !== 200) return text;
  return JSON.parse(text).decisions.map(({ atMs }: { readonly atMs: number }) => atMs);
}

describe('/debug/decisions', () => {
  test('tells each request with what is known of it, the newest first', () => {
    const { status, type, text } = decisionsPage(HELD, new URLSearchParams());
    expect([status, type]).toEqual([200, 'application/json']);
    const names = { pool: 'default/pool', route: 'weighted', model: 'lora-request' };
    const role = { role: 'stable', group: 'stable' };
    expect(JSON.parse(text)).toEqual({
      decisions: [
        { atMs: 3000, outcome: 'rejected', reason: 'malformed_json', durationMs: 12 },
        {
          ...{ atMs: 2000, outcome: 'forwarded', ...names, target: 'sql-lora-2', ...role },
          ...{ endpoint: '10.0.0.2:8000', durationMs: 12 },
        },
        {
          ...{ atMs: 1000, id: '8E5C-1', outcome: 'forwarded', ...names, target: 'sql-lora', ...role },
          ...{ endpoint: '10.0.0.1:8000', status: 200, durationMs: 12, headersMs: 3, firstTokenMs: 5 },
          ...{ usage: { promptTokens: 7, completionTokens: 9 }, finishReason: 'stop' },
          explanation: {
            rule: {
              ...{ kind: 'InferenceModel', namespace: 'default', name: 'm', criticality: 'Standard' },
              place: 'policy.yaml:1:1',
            },
            targets: [],
            roll: { value: 0.5, by: 'chance' },
            sheddable: false,
            candidates: [
              {
                ...{ endpoint: '10.0.0.1:8000', name: 'a', admitted: true, total: 1, full: false },
                scores: { load: 1 },
              },
            ],
            otherCandidates: 2,
          },
        },
      ],
      sampled: true,
      seen: 10,
    });
  });

  test('tells the names of a rejection as far as it had come, and finds it by them', () => {
    const held = { records: [BUSY, REFUSED], seen: 2, kept: 2 };
    for (const query of ['model=busy-model', 'target=busy-lora', 'q=busy-', 'pool=default/pool']) {
      const { decisions } = JSON.parse(decisionsPage(held, new URLSearchParams(query)).text);
      expect(decisions).toMatchObject([
        { reason: 'overloaded', pool: 'default/pool', model: 'busy-model', target: 'busy-lora' },
      ]);
    }
  });

  test('says when nothing was left out', () => {
    const { text } = decisionsPage({ records: [], seen: 3, kept: 3 }, new URLSearchParams());
    expect(JSON.parse(text)).toEqual({ decisions: [], sampled: false, seen: 3 });
  });

  test.each([
    ['target=sql-lora-2', [2000]],
    ['target=sql-lora', [1000]],
    ['model=lora-request', [2000, 1000]],
    ['endpoint=10.0.0.1:8000', [1000]],
    ['pool=default/other', []],
    ['outcome=rejected', [3000]],
    ['outcome=forwarded&target=sql-lora', [1000]],
    ['reason=malformed_json', [3000]],
    ['limit=2', [3000, 2000]],
    ['limit=1&outcome=forwarded', [2000]],
    ['q=SQL-LORA-', [2000]],
    ['q=8e5c', [1000]],
    ['q=malformed', [3000]],
    ['q=10.0.0', [2000, 1000]],
    ['q=', [3000, 2000, 1000]],
    ['limit=-1', 'limit: a whole number expected\n'],
    ['limit=', 'limit: a whole number expected\n'],
    ['outcome=lost', 'outcome: forwarded or rejected expected\n'],
  ])('%s finds %j', (query, found) => {
    expect(ask(query)).toEqual(found);
  });
});
