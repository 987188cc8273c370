import { poolKey } from '../../../../src/core/names.ts';
import { readObserved } from '../../../../src/sources/kubernetes/observed.ts';
import type { Subject } from '../../../../src/sources/kubernetes/status/subject.ts';
import { model } from '../../../core/objects.ts';
import type { FakeStore } from './fake-store.ts';

const APIS = '/apis/inference.networking.x-k8s.io/v1alpha2';

/** Where a model is stored. */
export const pathOf = (name: string) => `${APIS}/namespaces/default/inferencemodels/${name}`;

/** Stores a model as a server would. */
export function putModel(store: FakeStore, name: string, generation = 1): object {
  return store.put(pathOf(name), {
    apiVersion: 'inference.networking.x-k8s.io/v1alpha2',
    kind: 'InferenceModel',
    metadata: { namespace: 'default', name, uid: `uid-${name}`, generation },
  });
}

/** What a watch that brought this object would make of it. */
export function subjectOf(object: object, name: string): Subject {
  const observed = readObserved(object);
  if (observed === undefined) throw new Error('no object');
  const policy = { good: model(name, name), fallback: undefined, problems: [] };
  return { observed, policy, plural: 'inferencemodels', pool: poolKey('default', 'pool') };
}
