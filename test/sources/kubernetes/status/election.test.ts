import { describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { type Clock, elect, LEASE } from './electing.ts';
import { type FakeStore, startFakeStore } from './fake-store.ts';

/** Waits until a store has been asked so many more times. */
async function untilAsked(store: FakeStore, times: number): Promise<void> {
  const until = store.asked() + times;
  await eventually(() => expect(store.asked()).toBeGreaterThan(until));
}

function leaseOf(holderIdentity: string | null): object {
  // Times of another machine, whose clock is wrong.
  const time = '2001-01-01T00:00:00.000000Z';
  const spec = { holderIdentity, leaseDurationSeconds: 15, renewTime: time, leaseTransitions: 3 };
  return { metadata: { labels: { team: 'llm' } }, spec };
}

test('a replica that is alone makes the lease, renews it, and gives it away at its end', async () => {
  const store = await startFakeStore();
  const clock = { nowMs: 1_000 };
  const { election, led, stop } = elect(store, 'a', clock);
  await eventually(() => expect(election.leftMs()).toBe(10_000));
  expect(store.writes[0]).toEqual({
    method: 'POST',
    path: '/apis/coordination.k8s.io/v1/namespaces/serin/leases',
    contentType: 'application/json',
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'serin', name: 'serin-status' },
      spec: {
        holderIdentity: 'a',
        leaseDurationSeconds: 15,
        acquireTime: '2026-01-31T12:00:00.250000Z',
        renewTime: '2026-01-31T12:00:00.250000Z',
        leaseTransitions: 0,
      },
    },
  });
  clock.nowMs = 6_000;
  await eventually(() => expect(election.leftMs()).toBe(10_000));
  await stop();
  expect(store.get(LEASE)?.spec).toMatchObject({ holderIdentity: null, leaseTransitions: 0 });
  expect(election.leftMs()).toBe(0);
  expect(led).toEqual([true, false]);
});

test('of five that begin at once one leads, and the next one after it has gone', async () => {
  const store = await startFakeStore();
  const clock = { nowMs: 0 };
  const replicas = ['a', 'b', 'c', 'd', 'e'].map((identity) => elect(store, identity, clock));
  const leaders = () => replicas.filter(({ election }) => election.leftMs() > 0);
  await eventually(() => expect(leaders()).toHaveLength(1));
  await untilAsked(store, 50);
  expect(replicas.filter(({ led }) => led.length > 0)).toEqual(leaders());
  const [first] = leaders();
  await first?.stop();
  await eventually(() => expect(leaders()).toHaveLength(1));
  await untilAsked(store, 50);
  expect(replicas.flatMap(({ led }) => led).sort()).toEqual([false, true, true]);
  expect(replicas.flatMap(({ told }) => told)).toEqual([]);
});

describe('the lease of somebody else', () => {
  test('is taken once it was seen unchanged for as long as it lasts, whatever its times say', async () => {
    const store = await startFakeStore();
    store.put(LEASE, leaseOf('gone'));
    const clock = { nowMs: 0 };
    const { election } = elect(store, 'a', clock);
    await untilAsked(store, 3);
    clock.nowMs = 15_000;
    await untilAsked(store, 3);
    expect(store.writes).toEqual([]);
    // It was renewed, so the time begins anew.
    store.put(LEASE, leaseOf('gone'));
    await untilAsked(store, 3);
    clock.nowMs = 30_000;
    await untilAsked(store, 3);
    expect(store.writes).toEqual([]);
    clock.nowMs = 30_001;
    await eventually(() => expect(election.leftMs()).toBe(10_000));
    expect(store.get(LEASE)).toMatchObject({
      metadata: { labels: { team: 'llm' } },
      spec: { holderIdentity: 'a', leaseTransitions: 4 },
    });
  });

  test('that was given away is taken at once', async () => {
    const store = await startFakeStore();
    store.put(LEASE, leaseOf(null));
    const { election } = elect(store, 'a', { nowMs: 0 });
    await eventually(() => expect(election.leftMs()).toBe(10_000));
  });
});

describe('a leader', () => {
  async function startLeader(clock: Clock) {
    const store = await startFakeStore();
    const replica = elect(store, 'a', clock);
    await eventually(() => expect(replica.election.leftMs()).toBe(10_000));
    return { store, ...replica };
  }

  test('that cannot renew ceases before another one may begin, which is told once', async () => {
    const clock = { nowMs: 0 };
    const { store, election, led, told, failures } = await startLeader(clock);
    store.failWith(() => 'break');
    await untilAsked(store, 3);
    clock.nowMs = 9_999;
    expect(election.leftMs()).toBe(1);
    clock.nowMs = 10_000;
    expect(election.leftMs()).toBe(0);
    await eventually(() => expect(led).toEqual([true, false]));
    expect(told).toHaveLength(1);
    expect(failures.length).toBeGreaterThan(2);
    store.failWith(() => undefined);
    await eventually(() => expect(led).toEqual([true, false, true]));
    expect(told.slice(1)).toEqual(['lease mended']);
  });

  test('counts from before it asked: an answer that took long gives less time', async () => {
    const clock = { nowMs: 0 };
    const { store, election } = await startLeader(clock);
    store.failWith(() => {
      clock.nowMs += 3_000;
      return undefined;
    });
    await eventually(() => expect(clock.nowMs).toBeGreaterThan(9_000));
    expect(election.leftMs()).toBeLessThanOrEqual(7_000);
  });

  test('that finds its lease changed ceases at once, and does not take it back', async () => {
    const { store, election, led } = await startLeader({ nowMs: 0 });
    store.put(LEASE, leaseOf('b'));
    await eventually(() => expect(election.leftMs()).toBe(0));
    await untilAsked(store, 5);
    expect(led).toEqual([true, false]);
    expect(store.get(LEASE)?.spec).toMatchObject({ holderIdentity: 'b' });
  });
});

test('a renewal that is under way at the end does not keep the lease from being given away', async () => {
  const store = await startFakeStore();
  const clock = { nowMs: 0 };
  const { election, stop } = elect(store, 'a', clock);
  await eventually(() => expect(election.leftMs()).toBe(10_000));
  let late = true;
  store.failWith(({ method, body }) => {
    if (method !== 'PATCH' || body.spec?.holderIdentity !== null) return undefined;
    // As if the renewal arrived between the reading of the lease and the giving away.
    if (late) store.put(LEASE, store.get(LEASE) ?? {});
    late = false;
    return undefined;
  });
  await stop();
  expect(store.get(LEASE)?.spec).toMatchObject({ holderIdentity: null });
});

test('what RBAC forbids is told once, and tried again until it is allowed', async () => {
  const store = await startFakeStore();
  store.failWith(() => 403);
  const { election, told, failures } = elect(store, 'a', { nowMs: 0 });
  await eventually(() => expect(failures.length).toBeGreaterThan(3));
  expect(told).toEqual(['lease: 403: fault 403']);
  store.failWith(() => undefined);
  await eventually(() => expect(election.leftMs()).toBe(10_000));
});
