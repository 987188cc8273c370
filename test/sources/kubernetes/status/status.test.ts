import { expect, onTestFinished, test } from 'vitest';
import { getJson } from '../../../../src/sources/kubernetes/answer.ts';
import { runStatus, type StatusOptions } from '../../../../src/sources/kubernetes/status/status.ts';
import { createLoadTable } from '../../../../src/state/load-table.ts';
import { createStore } from '../../../../src/state/store.ts';
import { eventually } from '../eventually.ts';
import { QUICK_STATUS } from './electing.ts';
import { type FakeStore, startFakeStore } from './fake-store.ts';
import { putModel, subjectOf } from './models.ts';

/** Writes the status of one model until the test ends; gives what was told and counted. */
function start(store: FakeStore, changes: Partial<StatusOptions> = {}): readonly string[] {
  const told: string[] = [];
  const subject = subjectOf(putModel(store, 'm'), 'm');
  const state = createStore({ poolName: undefined, onSlotFreed: () => undefined });
  const options: StatusOptions = {
    scope: { kind: 'pool', namespace: 'default', name: 'pool' },
    namespace: 'serin',
    identity: 'a',
    access: async () => store.access,
    synced: Promise.resolve(),
    subjects: () => [subject],
    snapshot: state.current,
    load: createLoadTable(),
    timing: QUICK_STATUS,
    report: {
      trouble: (what, problem) => void told.push(`${what}: ${problem}`),
      mended: (what) => void told.push(`${what} mended`),
      leads: (leading) => void told.push(leading ? 'leads' : 'leads no more'),
      failed: (...words) => void told.push(words.join(' ')),
      written: (kind) => void told.push(`${kind} written`),
    },
    now: () => performance.now(),
    date: () => new Date(),
    random: () => 0.5,
    ...changes,
  };
  const end = new AbortController();
  const ended = runStatus(options, end.signal);
  onTestFinished(async () => {
    end.abort();
    await ended;
  });
  return told;
}

test('one who holds the lease of its pool writes about the objects of it', async () => {
  const store = await startFakeStore();
  const told = start(store);
  await eventually(() => expect(told).toEqual(['leads', 'InferenceModel written']));
  const lease = '/apis/coordination.k8s.io/v1/namespaces/serin/leases/serin-status-pool';
  expect(store.get(lease)?.spec).toMatchObject({ holderIdentity: 'a' });
  const others = start(store, {
    scope: { kind: 'pool', namespace: 'default', name: 'other' },
    identity: 'b',
  });
  await eventually(() => expect(others).toEqual(['leads']));
});

test('nothing is asked before the cluster was read', async () => {
  const store = await startFakeStore();
  const { promise: synced, resolve } = Promise.withResolvers<void>();
  const told = start(store, { synced });
  // As many answers as the first steps of an election would take.
  const signal = new AbortController().signal;
  for (let n = 0; n < 5; n++) await getJson(store.open, '/version', { timeoutMs: 5_000, signal });
  expect(store.asked()).toBe(5);
  resolve();
  await eventually(() => expect(told).toContain('InferenceModel written'));
});

test('without a way to the server it tries again, says so once, and does not end', async () => {
  const store = await startFakeStore();
  let attempts = 0;
  const access = async () => {
    attempts += 1;
    if (attempts < 4) throw new Error('no token');
    return store.access;
  };
  const told = start(store, { access });
  await eventually(() => expect(told).toContain('InferenceModel written'));
  expect(told.slice(0, 2)).toEqual(['API server: no token', 'API server mended']);
});
