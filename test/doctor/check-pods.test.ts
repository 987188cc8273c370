import { expect, test } from 'vitest';
import { checkPods, type PodAnswer, type PodFact } from '../../src/doctor/check-pods.ts';
import type { LoadFigures } from '../../src/sources/scrape/parse-metrics.ts';

const FIGURES: LoadFigures = { waiting: 0, running: 0, kvUsage: 0, maxLoras: 4, adapters: [] };

function page(changes: Partial<LoadFigures> = {}): PodAnswer {
  return { kind: 'page', figures: { ...FIGURES, ...changes } };
}

function pod(n: number, answer: PodAnswer, changes: Partial<PodFact> = {}): PodFact {
  const address = `10.0.0.${n}:8000`;
  return {
    address,
    name: `p-${n}`,
    scheme: 'http',
    answer,
    answersOtherwise: false,
    seenAs: undefined,
    ...changes,
  };
}

const said = (...facts: readonly PodFact[]) =>
  checkPods(facts).map(({ kind, message }) => `${kind}: ${message}`);
const fixes = (...facts: readonly PodFact[]) =>
  checkPods(facts).map((finding) => (finding.kind === 'ok' ? '' : finding.fix));

test('pods that tell everything share a line; one that has had no request does not tell its slots yet', () => {
  expect(said(pod(1, page()), pod(2, page()), pod(3, page({ maxLoras: undefined })))).toEqual([
    'ok: 2 of 3 pods: /metrics tells requests, KV cache and adapter slots',
    'ok: 1 of 3 pods: /metrics tells requests, KV cache, not yet adapter slots: vllm:lora_requests_info comes with the first request, if LoRA is on',
  ]);
});

test('series that are wanted and not there are named, once for all pods that lack them', () => {
  const poor = page({ waiting: undefined, kvUsage: undefined });
  expect(said(pod(1, poor), pod(2, poor))).toEqual([
    'warning: p-1 (10.0.0.1:8000), p-2 (10.0.0.2:8000): /metrics lacks vllm:num_requests_waiting, vllm:kv_cache_usage_perc',
  ]);
});

test('a page that is not there costs the load, a server that fails costs the pod', () => {
  expect(said(pod(1, { kind: 'status', status: 404 }), pod(2, { kind: 'status', status: 500 }))).toEqual([
    'warning: p-1 (10.0.0.1:8000): /metrics answers 404',
    'fault: p-2 (10.0.0.2:8000): /metrics answers 500',
  ]);
});

test('a pod that answers in the other scheme needs the flag for it', () => {
  const failed = { kind: 'failed', reason: 'connection' } as const;
  const other = { answersOtherwise: true };
  expect(said(pod(1, failed, other))).toEqual([
    'fault: p-1 (10.0.0.1:8000): no answer over http, but one over https',
  ]);
  expect(fixes(pod(1, failed, other), pod(2, failed, { ...other, scheme: 'https' }))).toEqual([
    '--model-server-metrics-scheme=https',
    '--model-server-metrics-scheme=http',
  ]);
});

test('every way not to answer has its own fix', () => {
  const reasons = ['timeout', 'certificate', 'connection', 'too_large'] as const;
  const failed = reasons.map((reason, n) => pod(n, { kind: 'failed', reason }));
  expect(said(pod(9, { kind: 'refused' }), ...failed)).toEqual([
    'fault: p-9 (10.0.0.9:8000): /metrics: nothing listens there',
    'fault: p-0 (10.0.0.0:8000): /metrics: no answer in time',
    'fault: p-1 (10.0.0.1:8000): /metrics: a certificate is not taken',
    'fault: p-2 (10.0.0.2:8000): /metrics: the connection broke',
    'fault: p-3 (10.0.0.3:8000): /metrics: the page is too large',
  ]);
  expect(fixes(...failed)).toEqual([
    expect.stringContaining('NetworkPolicy'),
    expect.stringContaining('--model-server-ca-file'),
    expect.stringContaining('log'),
    expect.stringContaining('target port'),
  ]);
});

test('pods that the running Serin reaches are no fault, wherever the doctor runs', () => {
  const late = { kind: 'failed', reason: 'timeout' } as const;
  expect(said(pod(1, late, { seenAs: 'fresh' }), pod(2, late, { seenAs: 'dead' }))).toEqual([
    'warning: p-1 (10.0.0.1:8000): not reached from here (no answer in time); the running Serin reaches them',
    'fault: p-2 (10.0.0.2:8000): /metrics: no answer in time',
  ]);
});

test('pods that only the running Serin does not reach are a fault', () => {
  expect(said(pod(1, page(), { seenAs: 'dead' }), pod(2, page(), { seenAs: 'stale' }))).toEqual([
    'fault: p-1 (10.0.0.1:8000): reached from here, but not by the running Serin, which sends them nothing',
    'ok: 1 of 2 pods: /metrics tells requests, KV cache and adapter slots',
  ]);
});
