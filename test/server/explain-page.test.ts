import { describe, expect, test } from 'vitest';
import { explain } from '../../src/core/explain.ts';
import { modelName } from '../../src/core/names.ts';
import { explainPage, type Question, questionQuery } from '../../src/server/explain-page.ts';
import { createLoadTable } from '../../src/state/load-table.ts';
import { model, weights } from '../core/objects.ts';
import { loadView, OPTIONS, snapshotOf } from '../core/pods.ts';

const QUESTION: Question = {
  request: {
    host: 'test.com',
    model: modelName('lora-request'),
    objective: 'urgent',
    session: 'chat 7&',
    subset: ['10.0.0.1:8000', '10.0.0.2'],
  },
  origin: { pool: 'llm/pool', authority: 'serin.llm:9002' },
};

const CONTEXT = {
  random: () => 0.95,
  options: { ...OPTIONS, unknownModel: 'reject', directModels: 'all', stickySessions: false },
} as const;

interface Candidate {
  readonly name: string;
  readonly scores: { readonly prefix: number };
}

/** Decides on two pods, of which the second is away. */
function ask({ request, origin }: Question) {
  const objects = [model('canary', 'lora-request', { targets: weights({ a: 90, b: 10 }) })];
  return explain(
    request,
    {
      snapshot: snapshotOf(2, objects),
      load: loadView({ running: 2 }, { freshness: 'dead' }),
      origin,
      ...CONTEXT,
    },
    10,
  );
}

function answerTo(query: string) {
  const { status, text } = explainPage(ask, new URLSearchParams(query));
  return [status, status === 200 ? JSON.parse(text) : text];
}

describe('/debug/explain', () => {
  test('tells rule, target and why, every pod, and the pick', () => {
    expect(answerTo('model=lora-request&host=test.com')).toEqual([
      200,
      {
        ...{ model: 'lora-request', host: 'test.com', outcome: 'forwarded', pool: 'default/pool' },
        ...{ route: 'weighted', target: 'b', role: 'canary', group: 'canary' },
        ...{ endpoint: '10.0.0.1:8000', fallbacks: [] },
        reason: expect.stringMatching(
          /^InferenceModel default\/canary gives "b" 10 of 100, rolled 0\.9500 by chance; least total \d+$/,
        ),
        rule: {
          ...{ kind: 'InferenceModel', namespace: 'default', name: 'canary', criticality: 'Standard' },
          place: 'policy.yaml:1:1',
        },
        targets: [
          { name: 'a', wanted: 90, effective: 90, role: 'stable', group: 'stable' },
          { name: 'b', wanted: 10, effective: 10, role: 'canary', group: 'canary' },
        ],
        roll: { value: 0.95, by: 'chance' },
        sheddable: false,
        candidates: [
          {
            ...{ endpoint: '10.0.0.1:8000', name: 'pod-10.0.0.1', admitted: true, full: false },
            total: expect.any(Number),
            scores: expect.any(Object),
          },
          { endpoint: '10.0.0.2:8000', name: 'pod-10.0.0.2', admitted: false, because: 'dead' },
        ],
        otherCandidates: 0,
      },
    ]);
  });

  test('tells why a request would be refused, and with which status', () => {
    expect(answerTo('model=lora-request&subset=10.0.0.2')).toMatchObject([
      200,
      {
        ...{ outcome: 'rejected', pool: 'default/pool', status: 503, reason: 'no_endpoint', target: 'b' },
        message: 'no pod of the subset that the proxy gave is ready and serves "b"',
        candidates: [
          { endpoint: '10.0.0.1:8000', because: 'outside_subset' },
          { endpoint: '10.0.0.2:8000', because: 'dead' },
        ],
      },
    ]);
  });

  test('reads a question as it is written', () => {
    const asked: Question[] = [];
    const noted = (question: Question) => {
      asked.push(question);
      return ask(question);
    };
    explainPage(noted, new URLSearchParams(questionQuery(QUESTION).toString()));
    expect(asked).toEqual([QUESTION]);
    explainPage(noted, new URLSearchParams());
    expect(asked[1]).toEqual({ request: { host: '' }, origin: {} });
  });

  test('tells the part of a prompt that pods were sent, by hashes of its beginnings', () => {
    const load = createLoadTable();
    const prefix = { hashes: [0x89abcdef, 1, 2] };
    load.promptSent(1, 'a', { prefix, bytes: 600 });
    const known = (question: Question) => {
      const objects = [model('m', 'lora-request', { targets: weights({ a: 1 }) })];
      const { request, origin } = question;
      return explain(request, { ...CONTEXT, snapshot: snapshotOf(2, objects), load, origin }, 10);
    };
    const asked = { model: modelName('lora-request'), host: '', objective: undefined, session: undefined };
    const request = { ...asked, subset: undefined, prompt: () => ({ hashes: [0x89abcdef, 1, 3] }) };
    const query = questionQuery({ request, origin: { pool: undefined, authority: undefined } });
    expect(query.get('prompt')).toBe('89abcdef,1,3');
    const { candidates } = JSON.parse(explainPage(known, query).text);
    expect(candidates.map(({ name, scores }: Candidate) => [name, scores.prefix])).toEqual([
      ['pod-10.0.0.2', 0],
      ['pod-10.0.0.1', 3.84],
    ]);
  });

  test('refuses what it does not know', () => {
    expect(answerTo('modle=x')).toEqual([
      400,
      'modle: none of model, host, session, objective, subset, pool, authority, prompt\n',
    ]);
  });
});
