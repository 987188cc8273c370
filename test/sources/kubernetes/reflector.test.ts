import { describe, expect, test } from 'vitest';
import { viewOldSince } from '../../../src/sources/kubernetes/cluster-view.ts';
import { eventually } from './eventually.ts';
import type { Asked, FakeApi } from './fake-api-server.ts';
import { follow } from './following.ts';
import { model, V1, XK8S } from './objects.ts';
import { addPod, isWatch, ONE, ofPods, podState, TWO, watching } from './pod-watch.ts';
import { MODELS, startCluster } from './test-cluster.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('while the server answers nothing but', () => {
  test.each([
    ['500', { status: 500 }, '500: fault 500'],
    ['429', { status: 429, headers: { 'retry-after': '0' } }, '429: fault 429'],
    ['an error page', { status: 503, text: '<html>' }, '503: status 503'],
    ['a break', 'break', expect.any(String)],
    ['a page of something else', { status: 200, text: '<html>\n' }, 'the answer is no watch'],
    ['JSON of something else', { status: 200, headers: JSON_TYPE, text: '{}' }, expect.any(String)],
  ] as const)(
    '%s, the view stays, says how old it is and why, and follows later',
    async (_, fault, problem) => {
      const api = await startCluster('10.0.0.1');
      const following = follow(api);
      await watching(api, following);
      api.failWith(() => fault);
      api.closeWatches();
      await eventually(() =>
        expect(podState(following)).toEqual({ kind: 'old', sinceMs: expect.any(Number), problem }),
      );
      await eventually(() => expect(following.source.view().discovery).toBeDefined());
      expect(following.addresses()).toEqual(ONE);
      expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });

      addPod(api);
      api.failWith(() => undefined);
      await eventually(() => expect(following.addresses()).toEqual(TWO));
      await eventually(() => expect(podState(following)).toEqual({ kind: 'current' }));
      await eventually(() => expect(following.source.view().discovery).toBe(undefined));
    },
  );
});

test('a watch whose connection died without a word is renewed as soon as the server answers again', async () => {
  const api = await startCluster('10.0.0.1');
  const following = follow(api, { timing: { requestMs: 100, lookMs: 100 } });
  await watching(api, following);
  // Some looks at what there is go well before.
  const looks = () => api.asked.filter(({ path }) => path === `/apis/${V1}/v1`).length;
  const [seen, syncedMs] = [looks(), performance.now()];
  await eventually(() => expect(looks()).toBeGreaterThan(seen + 2));
  api.muteWatches();
  api.failWith(() => 'hang');
  await eventually(() =>
    expect(following.source.view().discovery).toEqual({
      sinceMs: expect.any(Number),
      problem: 'no answer within 100 ms',
    }),
  );
  expect(podState(following)).toEqual({ kind: 'current' });
  expect(viewOldSince(following.source.view())).toBeGreaterThan(syncedMs);
  addPod(api);
  api.failWith(() => undefined);
  await eventually(() => expect(following.addresses()).toEqual(TWO));
  await eventually(() => expect(viewOldSince(following.source.view())).toBe(undefined));
});

test('the view is as old as the last word of the server', async () => {
  const api = await startCluster('10.0.0.1');
  const following = follow(api);
  await watching(api, following);
  const quietMs = performance.now();
  addPod(api);
  await eventually(() => expect(following.addresses()).toEqual(TWO));
  const failedMs = performance.now();
  api.failWith(() => ({ status: 500 }));
  api.closeWatches();
  await eventually(() => expect(podState(following)?.kind).toBe('old'));
  const since = viewOldSince(following.source.view());
  expect(since).toBeLessThan(failedMs);
  const state = podState(following);
  expect(state?.kind === 'old' && state.sinceMs).toBeGreaterThan(quietMs);
});

describe('without the right', () => {
  const forbidPods = (api: FakeApi, forbids: (asked: Asked) => boolean) =>
    api.failWith((asked) => (ofPods(asked) && forbids(asked) ? { status: 403 } : undefined));

  test('to list, a kind counts as empty, and is read once the right is given', async () => {
    const api = await startCluster('10.0.0.1');
    forbidPods(api, () => true);
    const following = follow(api);
    await following.source.synced;
    expect(podState(following)).toEqual({ kind: 'forbidden', verb: 'list', sinceMs: undefined });
    expect(following.addresses()).toEqual([]);
    api.failWith(() => undefined);
    await eventually(() => expect(following.addresses()).toEqual(ONE));
    expect(podState(following)).toEqual({ kind: 'current' });
  });

  test('to watch, a kind is listed again and again', async () => {
    const api = await startCluster('10.0.0.1');
    forbidPods(api, isWatch);
    const following = follow(api);
    await following.source.synced;
    await eventually(() =>
      expect(podState(following)).toEqual({ kind: 'forbidden', verb: 'watch', sinceMs: undefined }),
    );
    addPod(api);
    await eventually(() => expect(following.addresses()).toEqual(TWO));
    expect(podState(following)).toEqual({ kind: 'forbidden', verb: 'watch', sinceMs: undefined });
  });

  test('any more, what was known stays', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api);
    await watching(api, following);
    forbidPods(api, () => true);
    api.closeWatches();
    await eventually(() =>
      expect(podState(following)).toEqual({ kind: 'forbidden', verb: 'list', sinceMs: expect.any(Number) }),
    );
    expect(following.addresses()).toEqual(ONE);
  });

  test('to be asked at all (401), nothing is known yet, and what was known stays', async () => {
    const api = await startCluster('10.0.0.1');
    api.failWith(() => ({ status: 401 }));
    const following = follow(api);
    await eventually(() =>
      expect(podState(following)).toEqual({ kind: 'syncing', problem: '401: fault 401' }),
    );
    api.failWith(() => undefined);
    await watching(api, following);
    api.failWith(() => ({ status: 401 }));
    api.closeWatches();
    await eventually(() =>
      expect(podState(following)).toMatchObject({ kind: 'old', problem: '401: fault 401' }),
    );
    expect(following.addresses()).toEqual(ONE);
  });
});

describe('a fault of Serin’s own in one kind', () => {
  test('leaves its pods as they were, and the other kinds alone', async () => {
    const api = await startCluster('10.0.0.1');
    let broken = false;
    const onMembers = () => {
      if (broken) throw new Error('poison');
    };
    const following = follow(api, { onMembers });
    await watching(api, following);
    broken = true;
    addPod(api);
    await eventually(() => expect(following.failures).toContain('Pod list fault'));
    expect(podState(following)).toMatchObject({ kind: 'old', problem: 'poison' });
    expect(following.addresses()).toEqual(ONE);
    api.put(MODELS, model('m', 'lora-request', { a: 3 }));
    await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 3 }));
    broken = false;
    await eventually(() => expect(following.addresses()).toEqual(TWO));
  });

  test('leaves its policy as it was, until it is gone', async () => {
    const api = await startCluster('10.0.0.1');
    let broken = false;
    const onPolicy = () => {
      if (broken) throw new Error('poison');
    };
    const following = follow(api, { onPolicy });
    await watching(api, following);
    broken = true;
    api.put(MODELS, model('m', 'lora-request', { a: 3 }));
    await eventually(() => expect(following.failures).toContain('InferenceModel list fault'));
    expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });
    broken = false;
    await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 3 }));
  });
});

test('a fault of Serin’s own that keeps a kind from being dropped is tried again', async () => {
  const api = await startCluster('10.0.0.1');
  let broken = false;
  const onPolicy = () => {
    if (broken) throw new Error('poison');
  };
  const following = follow(api, { onPolicy });
  await watching(api, following);
  broken = true;
  api.failWith(({ path }) =>
    path.endsWith('/v1alpha2') && path.includes(XK8S) ? { status: 404 } : undefined,
  );
  await eventually(() => expect(following.source.view().discovery).toMatchObject({ problem: 'poison' }));
  expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });
  broken = false;
  await eventually(() => expect(following.targets('lora-request')).toBe(undefined));
  expect(following.addresses()).toEqual(ONE);
});

test('watches that are refused again and again give way to a list', async () => {
  const api = await startCluster('10.0.0.1');
  const following = follow(api);
  await watching(api, following);
  // As a server does whose store was put back to an older state: the version of the watch is none of its.
  api.failWith((asked) => (isWatch(asked) && ofPods(asked) ? { status: 504 } : undefined));
  api.closeWatches();
  addPod(api);
  await eventually(() => expect(following.addresses()).toEqual(TWO));
  expect(following.failures.slice(0, 3)).toEqual(['Pod watch 504', 'Pod watch 504', 'Pod watch 504']);
});

test('a watch that has lived ends the patience that failures before it have taught', async () => {
  const api = await startCluster('10.0.0.1');
  const timing = { firstBackoffMs: 5, maxBackoffMs: 60_000, longLifeMs: 20 };
  const following = follow(api, { timing });
  await watching(api, following);
  const failPods = (times: number) => {
    const wanted = following.failures.length + times;
    api.failWith((asked) => (ofPods(asked) ? { status: 500 } : undefined));
    api.closeWatches();
    return eventually(() => expect(following.failures.length).toBeGreaterThanOrEqual(wanted));
  };
  await failPods(8);
  api.failWith(() => undefined);
  await eventually(() => expect(podState(following)).toEqual({ kind: 'current' }));
  const openedMs = performance.now();
  await eventually(() => expect(performance.now() - openedMs).toBeGreaterThan(100));
  const startedMs = performance.now();
  await failPods(4);
  // Four waits that go on from the eighth would be of three seconds and more.
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test('requests that fail come ever more seldom, and none comes after the end', async () => {
  const api = await startCluster('10.0.0.1');
  api.failWith(() => ({ status: 500 }));
  const following = follow(api, { timing: { firstBackoffMs: 5, maxBackoffMs: 60_000 } });
  await eventually(() => expect(following.failures.length).toBeGreaterThan(4));
  const asked = api.asked.filter(ofPods).length;
  expect(asked).toBeLessThan(12);
  await following.stop();
  // What was on its way at the end has come when a later request has.
  const askedByNow = async () => {
    await (await fetch(api.access.server)).text();
    return api.asked.filter(({ path }) => path !== '/').length;
  };
  const last = await askedByNow();
  expect(await askedByNow()).toBe(last);
});
