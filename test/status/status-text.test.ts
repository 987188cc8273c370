import { expect, test } from 'vitest';
import { statusLines } from '../../src/status/status-text.ts';
import { CANARY, figures, statusWith } from '../page/statuses.ts';

test('a status is a table of targets and one of pods for each pool', () => {
  expect(statusLines(statusWith())).toEqual([
    '3 of 3 replicas, 19:15:00Z',
    '',
    'Pool default/pool',
    '',
    'lora-request (InferenceModel default/sample)',
    'target      role, group  weight  in force           share, 1 min           share, 5 min  requests                          errors  first token p50, p95  duration p50, p95  tokens/s in, out',
    'sql-lora    stable         90 %      90 %  90 % (88 % to 91.5 %)  90 % (88 % to 91.5 %)      1200                               0         42 ms, 180 ms     1.23 s, 4.50 s          96, 1250',
    'sql-lora-1  canary, v2     10 %      10 %      8 % (5 % to 12 %)   10 % (8.5 % to 12 %)       133  4 (3 %), 2 x 4xx, 1 unanswered         42 ms, 180 ms     1.23 s, 4.50 s          96, 1250',
    '',
    'pod            state  adapters             queue  running  in flight  KV cache        seen',
    'vllm-0         fresh  sql-lora sql-lora-1      3        8          2      62 %  120 ms ago',
    '10.0.0.2:8000  dead   -                        0        0          0       0 %       never',
    '',
    'Rejections in 5 min: 1500 overloaded, 2 unknown_model',
  ]);
});

test('what is wrong comes first', () => {
  const missing = [{ address: '10.0.0.9:9090', problem: 'timeout' }];
  const { rejections, ...rest } = statusWith({
    ...{ pools: [], waitingFor: ['manifests'], replicas: { answered: 1, known: 2, missing } },
    problems: [{ source: 'manifests', text: 'a.yaml:3:1: spec is missing', sinceMs: statusWith().atMs }],
    moreProblems: 7,
    conflicts: [{ name: 'm', winner: 'InferenceModel a/one', loser: 'InferenceModel a/two' }],
  });
  expect(statusLines({ ...rest, rejections: { ...rejections, windows: [] } })).toEqual([
    '1 of 2 replicas, 19:15:00Z, waiting for manifests',
    '! replica 10.0.0.9:9090 does not tell its figures: timeout',
    '! a.yaml:3:1: spec is missing (manifests, since 19:15:00Z)',
    '! and 7 more',
    '! m is claimed twice: InferenceModel a/one has it, InferenceModel a/two has not',
    '',
    'Rejections in 5 min: none',
  ]);
});

test('a model without an object, a broken one, a share that is off and a pool without a pod are told', () => {
  const [first] = CANARY.targets;
  const target = {
    ...first,
    target: '',
    wantedShare: 0.9,
    effectiveShare: 0,
    reason: 'drained',
    windows: [figures(60, { off: true })],
  };
  const models = [{ targets: [target] }, { model: 'm', problem: 'weights are mixed', targets: [] }];
  const lines = statusLines(statusWith({ pools: [{ pool: 'a/b', models, endpoints: [] }] }));
  expect(lines.slice(4, 12)).toEqual([
    'any other name',
    expect.stringContaining('target'),
    'whatever was asked for  stable         90 %  0 %, drained  90 % (88 % to 91.5 %) off',
    '',
    'm',
    '! weights are mixed',
    '',
    'No pod is ready.',
  ]);
});

test('no name moves the cursor or turns the text around', () => {
  const model = { ...CANARY, model: 'a\u001b[2Jb\u202ec\nd\u2028e\u009b' };
  const lines = statusLines(statusWith({}, [model]));
  expect(lines).toContain('a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd} (InferenceModel default/sample)');
});
