import { expect, test } from 'vitest';
import { checkKinds, type KindFact } from '../../src/doctor/check-kinds.ts';
import type { Found } from '../../src/sources/kubernetes/discovery.ts';
import { POLICY_KINDS, POOL_KINDS, type ReadKind } from '../../src/sources/kubernetes/resource.ts';

const ABSENT: Found = { kind: 'absent' };

function served({ group, kind, plural, versions: [version = ''] }: ReadKind): Found {
  return { kind: 'served', resource: { group, kind, plural, version, namespaced: true } };
}

/** All kinds, found as this says. */
function facts(found: (kind: ReadKind) => Found): readonly KindFact[] {
  return [...POOL_KINDS, ...POLICY_KINDS].map((kind) => ({ kind, found: found(kind) }));
}

const kindsAndMessages = (all: readonly KindFact[]) =>
  checkKinds(all).map(({ kind, message }) => `${kind}: ${message}`);

test('says of each kind in which version it is read, or that it counts as empty', () => {
  const only = facts((kind) => (kind.group === 'inference.networking.x-k8s.io' ? served(kind) : ABSENT));
  expect(kindsAndMessages(only)).toEqual([
    'ok: InferencePool of inference.networking.k8s.io: not in the cluster in v1, so it counts as empty',
    'ok: InferencePool of inference.networking.x-k8s.io: v1alpha2 is read',
    'ok: InferenceModel of inference.networking.x-k8s.io: v1alpha2 is read',
    'ok: InferenceModelRewrite of llm-d.ai: not in the cluster in v1alpha2, so it counts as empty',
    'ok: InferenceObjective of llm-d.ai: not in the cluster in v1alpha2, so it counts as empty',
    'ok: InferenceModelRewrite of inference.networking.x-k8s.io: v1alpha2 is read',
    'ok: InferenceObjective of inference.networking.x-k8s.io: v1alpha2 is read',
    'ok: LLMRoute of istio.alibabacloud.com: not in the cluster in v1, so it counts as empty',
  ]);
});

test('a cluster without any pool kind is at fault, one without any kind that splits is worth a warning', () => {
  expect(kindsAndMessages(facts(() => ABSENT)).slice(-2)).toEqual([
    'fault: no InferencePool of any generation is served',
    'warning: no kind that splits a model name is served: InferenceModel, InferenceModelRewrite',
  ]);
  const withoutPools = POLICY_KINDS.map((kind) => ({ kind, found: served(kind) }));
  expect(checkKinds(withoutPools).every(({ kind }) => kind === 'ok')).toBe(true);
});

test('a server that tells nothing is one fault, not one for each kind', () => {
  const silent: Found = { kind: 'unknown', problem: 'ECONNREFUSED', silent: true };
  expect(kindsAndMessages(facts(() => silent))).toEqual([
    'fault: the API server tells of no kind (ECONNREFUSED)',
  ]);
});

test('what is not known of some kinds is not taken for absent', () => {
  const partly = facts((kind) =>
    kind.kind === 'LLMRoute'
      ? { kind: 'unknown', problem: '500: oops', silent: false }
      : kind.kind === 'InferencePool'
        ? { kind: 'forbidden' }
        : served(kind),
  );
  const faults = checkKinds(partly).filter(({ kind }) => kind === 'fault');
  expect(faults.map(({ message }) => message)).toEqual([
    'InferencePool of inference.networking.k8s.io: discovery is forbidden',
    'InferencePool of inference.networking.x-k8s.io: discovery is forbidden',
    'LLMRoute of istio.alibabacloud.com: the API server does not tell (500: oops)',
  ]);
});
