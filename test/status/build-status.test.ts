import { describe, expect, test } from 'vitest';
import type { Window } from '../../src/state/windows/window.ts';
import { buildStatus, type StatusParts } from '../../src/status/build-status.ts';
import { LIVE_STATUS } from '../../src/status/live-status.ts';
import { invalid, model, POOL, rewrite, weights } from '../core/objects.ts';
import { loadView, snapshotOf } from '../core/pods.ts';
import { createTestWindows, forwarded, rejected } from '../state/windows/recorded.ts';

const TARGETS = weights({ old: 9, new: 1 }).map((each) =>
  each.name === 'new' ? { ...each, group: 'v2' } : each,
);
const SNAPSHOT = snapshotOf(2, [
  model('lora', 'lora-request', { targets: TARGETS }),
  invalid('broken', ['broken-request']),
]);

const decided = (
  model: string | undefined,
  target: string | undefined,
  route: 'weighted' | 'direct' = 'weighted',
) => ({
  ...{ pool: POOL, route, model, target },
});

/** What a replica that ran for ten seconds saw. */
function windowsOf(...requests: readonly Parameters<ReturnType<typeof createTestWindows>['record']>[0][]) {
  const clock = { ms: 0 };
  const windows = createTestWindows(() => clock.ms);
  for (const request of requests) windows.record(request);
  clock.ms = 10_000;
  return windows.read();
}

function status(parts: Partial<StatusParts> = {}) {
  const built = buildStatus({
    ...{
      atMs: 5,
      waitingFor: [],
      snapshot: SNAPSHOT,
      load: loadView({}, {}),
      inFlight: () => 0,
      ageMs: () => undefined,
    },
    ...{ conflicts: [], problems: { problems: [], more: 0 }, windows: windowsOf(), rejections: [] },
    ...{ peers: { told: [], missing: [] } },
    ...parts,
  });
  // What is built is what its reader takes.
  expect(LIVE_STATUS.parse(JSON.parse(JSON.stringify(built)))).toEqual(built);
  return built;
}

const modelsOf = (windows: readonly Window[]) => status({ windows }).pools[0]?.models;

describe('a model', () => {
  test('has the weights of its targets and what became of their requests', () => {
    const usage = { promptTokens: 30, completionTokens: 100 };
    const good = forwarded('old', {
      decided: decided('lora-request', 'old'),
      firstTokenMs: 1,
      durationMs: 1,
      usage,
    });
    const bad = (code: number | undefined) =>
      forwarded('new', { decided: decided('lora-request', 'new'), status: code });
    const [shown] =
      modelsOf(windowsOf(good, good, good, good, bad(500), bad(404), bad(undefined), bad(200))) ?? [];
    expect(shown).toMatchObject({ model: 'lora-request', object: 'InferenceModel default/lora' });
    const [old, fresh] = shown?.targets ?? [];
    expect(old).toMatchObject({
      ...{ target: 'old', role: 'stable', group: 'stable' },
      wanted: 9,
      effective: 9,
      wantedShare: 0.9,
      effectiveShare: 0.9,
    });
    expect(old?.windows[0]).toEqual({
      ...{ seconds: 60, requests: 4, status4xx: 0, status5xx: 0, unanswered: 0, withUsage: 4, off: false },
      share: { share: 0.5, low: expect.closeTo(0.2152, 4), high: expect.closeTo(0.7848, 4) },
      errorShare: { share: 0, low: 0, high: expect.closeTo(0.4899, 4) },
      firstTokenMs: { p50: 0.5, p95: 0.95 },
      durationMs: { p50: 0.5, p95: 0.95 },
      ...{ promptTokensPerSecond: 12, completionTokensPerSecond: 40 },
    });
    expect(fresh).toMatchObject({
      ...{ target: 'new', role: 'canary', group: 'v2', wantedShare: 0.1 },
      windows: [{ seconds: 60, requests: 4, status4xx: 1, status5xx: 1, unanswered: 1 }, { seconds: 300 }],
    });
    expect(fresh?.windows[0]?.firstTokenMs).toBe(undefined);
  });

  test('without an object is shown if it was asked for, and so is a target that the object names no more', () => {
    const windows = windowsOf(
      forwarded('gone', { decided: decided('lora-request', 'gone') }),
      forwarded('base', { decided: decided('base', 'base', 'direct') }),
      forwarded('x', { decided: { ...decided('whatever', 'whatever'), route: 'passthrough' } }),
    );
    const shown = modelsOf(windows)?.map(({ model, targets }) => [
      model,
      targets.map(({ target, wanted, windows: [minute] }) => [target, wanted, minute?.requests]),
    ]);
    expect(shown).toEqual([
      [
        'lora-request',
        [
          ['old', 9, 0],
          ['new', 1, 0],
          ['gone', undefined, 1],
        ],
      ],
      ['broken-request', []],
      ['base', [['base', undefined, 1]]],
      [undefined, [['', undefined, 1]]],
    ]);
  });

  test('whose object is broken says why', () => {
    expect(modelsOf(windowsOf())?.[1]).toEqual({
      ...{ model: 'broken-request', object: 'InferenceModel default/broken', targets: [] },
      problem: 'spec.targetModels[0].weight is missing',
    });
  });

  test('of any name stands for all that no object names', () => {
    const snapshot = snapshotOf(1, [rewrite('rest', [['any', { c: 1 }]])]);
    const windows = windowsOf(forwarded('c', { decided: decided('made-up', 'c') }));
    expect(status({ snapshot, windows }).pools[0]?.models).toMatchObject([
      {
        object: 'InferenceModelRewrite default/rest',
        targets: [{ target: 'c', windows: [{ requests: 1 }, {}] }],
      },
    ]);
  });
});

test('a weight in force that is another says why', () => {
  const pools = [...SNAPSHOT.pools].map(([key, pool]) => {
    const rule = [...pool.rules.values()].find(({ kind }) => kind === 'weighted');
    if (rule?.kind !== 'weighted') throw new Error('no rule');
    const targets = rule.targets.map((each, index) =>
      index === 0 ? each : { ...each, effective: 0, reason: 'drained' },
    );
    return [
      key,
      { ...pool, rules: new Map([...pool.rules.keys()].map((name) => [name, { ...rule, targets }])) },
    ] as const;
  });
  const built = status({ snapshot: { ...SNAPSHOT, pools: new Map(pools) } });
  expect(built.pools[0]?.models[0]?.targets[1]).toMatchObject({
    wantedShare: 0.1,
    effectiveShare: 0,
    reason: 'drained',
  });
});

test('replicas are added up, window by window, and those that are missing are named', () => {
  const own = windowsOf(
    forwarded('old', { decided: decided('lora-request', 'old') }),
    rejected('overloaded'),
  );
  const missing = [{ address: '10.0.0.9:9090', problem: 'timeout' }];
  const built = status({ windows: own, peers: { told: [own, own], missing } });
  expect(built.replicas).toEqual({ answered: 3, known: 4, missing });
  expect(built.pools[0]?.models[0]?.targets[0]?.windows.map(({ requests }) => requests)).toEqual([3, 3]);
  expect(built.rejections.windows).toEqual([
    { seconds: 60, reasons: { overloaded: 3 } },
    { seconds: 300, reasons: { overloaded: 3 } },
  ]);
});

test('a pod has its load and the age of its figures', () => {
  const load = loadView(
    { waiting: 1, running: 2, kvUsage: 0.5, maxLoras: 4, adapters: ['b', 'a'] },
    { freshness: 'dead' },
  );
  const inFlight = (address: string) => (address === '10.0.0.1:8000' ? 3 : 0);
  const ageMs = (slot: number) => (slot === 0 ? 1_500 : undefined);
  expect(status({ load, inFlight, ageMs }).pools[0]?.endpoints).toEqual([
    {
      ...{
        name: 'pod-10.0.0.1',
        address: '10.0.0.1:8000',
        state: 'fresh',
        waiting: 1,
        running: 2,
        inFlight: 3,
      },
      ...{ kvUsage: 0.5, maxLoras: 4, adapters: ['a', 'b'], ageSeconds: 1.5 },
    },
    {
      ...{
        name: 'pod-10.0.0.2',
        address: '10.0.0.2:8000',
        state: 'dead',
        waiting: 0,
        running: 0,
        inFlight: 0,
      },
      ...{ kvUsage: 0, maxLoras: 0, adapters: [] },
    },
  ]);
});

test('rejections, problems and conflicts are told', () => {
  const problems = { problems: [{ source: 'manifests', text: 'a.yaml:1:1: no', sinceMs: 3 }], more: 2 };
  const rejections = [
    { atMs: 2, reason: 'overloaded', pool: POOL, model: 'm' },
    { atMs: 1, reason: 'malformed_json', pool: undefined, model: undefined },
  ] as const;
  const meta = model('lora', 'lora-request').meta;
  const conflicts = [{ model: 'lora-request', winner: meta, loser: meta }];
  expect(status({ problems, rejections, conflicts, waitingFor: ['manifests'] })).toMatchObject({
    ...{ waitingFor: ['manifests'], problems: problems.problems, moreProblems: 2 },
    rejections: {
      recent: [
        { atMs: 2, reason: 'overloaded', status: 429, pool: POOL, model: 'm' },
        { atMs: 1, reason: 'malformed_json', status: 400 },
      ],
    },
    conflicts: [
      { name: 'lora-request', winner: 'InferenceModel default/lora', loser: 'InferenceModel default/lora' },
    ],
  });
});
