import { describe, expect, onTestFinished, test } from 'vitest';
import {
  runStatusWriter,
  type StatusWriterOptions,
} from '../../../../src/sources/kubernetes/status/status-writer.ts';
import type { Subject } from '../../../../src/sources/kubernetes/status/subject.ts';
import { createTroubles } from '../../../../src/sources/kubernetes/status/troubles.ts';
import { createLoadTable } from '../../../../src/state/load-table.ts';
import { createStore } from '../../../../src/state/store.ts';
import { eventually } from '../eventually.ts';
import { QUICK_STATUS } from './electing.ts';
import { type FakeStore, startFakeStore } from './fake-store.ts';
import { pathOf, putModel, subjectOf } from './models.ts';

interface Writing {
  readonly told: readonly string[];
  readonly counted: readonly string[];
  readonly passes: () => number;
}

/** Writes about what the watch knows until the test ends. */
function write(
  store: FakeStore,
  subjects: () => readonly Subject[],
  changes: Partial<StatusWriterOptions> = {},
): Writing {
  const told: string[] = [];
  const counted: string[] = [];
  let passes = 0;
  const state = createStore({ poolName: undefined, onSlotFreed: () => undefined });
  const end = new AbortController();
  const options: StatusWriterOptions = {
    open: store.open,
    leftMs: () => 10_000,
    subjects: () => {
      passes += 1;
      return subjects();
    },
    snapshot: state.current,
    load: createLoadTable(),
    timing: QUICK_STATUS,
    troubles: createTroubles({
      trouble: (what, problem) => void told.push(`${what}: ${problem}`),
      mended: (what) => void told.push(`${what} mended`),
    }),
    failed: (kind, reason) => void counted.push(`${kind} ${reason}`),
    written: (kind) => void counted.push(`${kind} written`),
    now: () => performance.now(),
    date: () => new Date('2026-01-31T12:00:00.250Z'),
    random: () => 0.5,
    ...changes,
  };
  const ended = runStatusWriter(options, end.signal);
  onTestFinished(async () => {
    end.abort();
    await ended;
  });
  return { told, counted, passes: () => passes };
}

async function morePasses({ passes }: Writing): Promise<void> {
  const until = passes() + 5;
  await eventually(() => expect(passes()).toBeGreaterThan(until));
}

describe('conditions', () => {
  test('are applied by their own manager, for the version that they were made for', async () => {
    const store = await startFakeStore();
    const subject = subjectOf(putModel(store, 'm'), 'm');
    const writing = write(store, () => [subject]);
    await eventually(() => expect(writing.counted).toEqual(['InferenceModel written']));
    const [request] = store.writes;
    expect(request).toMatchObject({
      method: 'PATCH',
      path: pathOf('m'),
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'inference.networking.x-k8s.io/v1alpha2',
        kind: 'InferenceModel',
        metadata: { namespace: 'default', name: 'm', uid: 'uid-m', resourceVersion: '101' },
      },
    });
    expect(request?.body.status?.conditions[0]).toEqual({
      ...{ type: 'Accepted', status: 'False', reason: 'PoolNotFound', observedGeneration: 1 },
      message: 'there is no InferencePool default/pool',
      lastTransitionTime: '2026-01-31T12:00:00Z',
    });
  });

  test('are not written twice while the watch has not brought them back, nor after', async () => {
    const store = await startFakeStore();
    let subject = subjectOf(putModel(store, 'm'), 'm');
    const writing = write(store, () => [subject]);
    await morePasses(writing);
    subject = subjectOf(store.get(pathOf('m')) ?? {}, 'm');
    await morePasses(writing);
    expect(writing.counted).toEqual(['InferenceModel written']);
    expect(store.writes).toHaveLength(1);
    // An edit of the spec is another generation.
    subject = subjectOf(putModel(store, 'm', 2), 'm');
    await morePasses(writing);
    expect(store.writes).toHaveLength(2);
  });

  test('are not written by a replica that may not, or not for long enough', async () => {
    const store = await startFakeStore();
    const subject = subjectOf(putModel(store, 'm'), 'm');
    let asked = 0;
    const leftMs = () => {
      asked += 1;
      return 999;
    };
    write(store, () => [subject], { leftMs });
    await eventually(() => expect(asked).toBeGreaterThan(5));
    expect(store.writes).toEqual([]);
  });

  test('of one version are stored once, even if two replicas both believe that they lead', async () => {
    const store = await startFakeStore();
    const subject = subjectOf(putModel(store, 'm'), 'm');
    const both = [write(store, () => [subject]), write(store, () => [subject])];
    await Promise.all(both.map(morePasses));
    const counted = both.flatMap((each) => each.counted);
    expect(counted.filter((each) => each === 'InferenceModel written')).toHaveLength(1);
    expect(counted).toContain('InferenceModel 409');
  });
});

describe('a write that fails', () => {
  test('for want of a right ends the attempts on its kind, not on others, and is told once', async () => {
    const store = await startFakeStore();
    const names = ['m', 'n'];
    const subjects = names.map((name) => subjectOf(putModel(store, name), name));
    store.failWith(() => 403);
    const timing = { ...QUICK_STATUS, deniedMs: 600_000 };
    const writing = write(store, () => subjects, { timing });
    await morePasses(writing);
    expect(writing.counted).toEqual(['InferenceModel 403']);
    expect(writing.told).toEqual([
      'inferencemodels.inference.networking.x-k8s.io/status in default: 403: fault 403',
    ]);
  });

  test('for its object alone leaves the others, comes again with more patience, and is told once', async () => {
    const store = await startFakeStore();
    const subjects = ['m', 'n'].map((name) => subjectOf(putModel(store, name), name));
    store.failWith(({ path }) => (path === pathOf('m') ? 422 : undefined));
    const writing = write(store, () => subjects);
    await eventually(() => expect(writing.counted.filter((each) => each.endsWith('422'))).toHaveLength(3));
    expect(writing.counted).toContain('InferenceModel written');
    const title = 'InferenceModel default/m (inference.networking.x-k8s.io/v1alpha2)';
    expect(writing.told).toEqual([`${title}: 422: fault 422`]);
    store.failWith(() => undefined);
    await eventually(() => expect(writing.told.slice(1)).toEqual([`${title} mended`]));
  });

  test('is not tried again at once', async () => {
    const store = await startFakeStore();
    const subject = subjectOf(putModel(store, 'm'), 'm');
    store.failWith(() => 422);
    const timing = { ...QUICK_STATUS, firstBackoffMs: 600_000, maxBackoffMs: 600_000 };
    const writing = write(store, () => [subject], { timing });
    await morePasses(writing);
    expect(writing.counted).toEqual(['InferenceModel 422']);
  });

  test('because another one was faster is not told', async () => {
    const store = await startFakeStore();
    let subject = subjectOf(putModel(store, 'm'), 'm');
    const newer = subjectOf(putModel(store, 'm'), 'm');
    const failed = () => {
      subject = newer;
    };
    const writing = write(store, () => [subject], { failed });
    await eventually(() => expect(writing.counted).toEqual(['InferenceModel written']));
    expect(store.writes).toHaveLength(2);
    expect(writing.told).toEqual([]);
  });

  test.each([500, 429, 200, 'break'] as const)(
    'with %s and no object in it ends the round, and is told once',
    async (fault) => {
      const store = await startFakeStore();
      const subjects = ['m', 'n'].map((name) => subjectOf(putModel(store, name), name));
      store.failWith(() => fault);
      const writing = write(store, () => subjects);
      await eventually(() => expect(writing.counted.length).toBeGreaterThan(3));
      expect(new Set(store.writes.map(({ path }) => path))).toEqual(new Set([pathOf('m')]));
      expect(writing.told).toHaveLength(1);
      store.failWith(() => undefined);
      await eventually(() =>
        expect(writing.counted.filter((each) => each === 'InferenceModel written')).toHaveLength(2),
      );
      expect(writing.told.slice(1)).toEqual(['status mended']);
    },
  );

  test('by a fault of Serin’s own is told and tried again, and ends nothing', async () => {
    const store = await startFakeStore();
    const subject = subjectOf(putModel(store, 'm'), 'm');
    let broken = true;
    const writing = write(store, () => {
      if (broken) throw new Error('broken');
      return [subject];
    });
    await morePasses(writing);
    expect(writing.told).toEqual(['status writer: broken']);
    broken = false;
    await eventually(() => expect(writing.counted).toEqual(['InferenceModel written']));
    expect(writing.told.slice(1)).toEqual(['status writer mended']);
  });
});
