import { expect } from 'vitest';
import type { KindView } from '../../../src/sources/kubernetes/cluster-view.ts';
import { eventually } from './eventually.ts';
import type { Asked, FakeApi } from './fake-api-server.ts';
import type { Following } from './following.ts';
import { pod } from './objects.ts';

export const isWatch = ({ query }: Asked): boolean => query.watch === '1';
export const isList = (asked: Asked): boolean =>
  !isWatch(asked) && !/^\/apis\/[^/]+\/[^/]+$/.test(asked.path);
export const ofPods = ({ path }: Asked): boolean => path.endsWith('/pods');

/** Waits until all three kinds of the test cluster are watched. */
export async function watching(api: FakeApi, following: Following): Promise<void> {
  await following.source.synced;
  await eventually(() => expect(api.openWatches()).toBe(3));
}

/** What is known of the pods. */
export function podState({ source }: Following): KindView['state'] | undefined {
  return source.view().kinds.find(({ kind }) => kind === 'Pod')?.state;
}

/** Addresses of the pool with its first pod, and with the second one too. */
export const ONE = ['10.0.0.1:8000'];
export const TWO = ['10.0.0.1:8000', '10.0.0.2:8000'];

/** Adds the second pod. */
export function addPod(api: FakeApi): void {
  api.put('/pods', pod('p-2', '10.0.0.2'));
}
