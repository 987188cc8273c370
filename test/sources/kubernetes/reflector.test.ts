import { describe, expect, test } from 'vitest';
import { type KindView, viewOldSince } from '../../../src/sources/kubernetes/cluster-view.ts';
import { eventually } from './eventually.ts';
import type { Asked, FakeApi } from './fake-api-server.ts';
import { type Following, follow } from './following.ts';
import { model, pod } from './objects.ts';
import { MODELS, startCluster } from './test-cluster.ts';

const isWatch = ({ query }: Asked) => query.watch === '1';
const isList = (asked: Asked) => !isWatch(asked) && !/^\/apis\/[^/]+\/[^/]+$/.test(asked.path);
const ofPods = ({ path }: Asked) => path.endsWith('/pods');

/** Waits until all three kinds are watched. */
async function watching(api: FakeApi, following: Following): Promise<void> {
  await following.source.synced;
  await eventually(() => expect(api.openWatches()).toBe(3));
}

function pods({ source }: Following): KindView['state'] | undefined {
  return source.view().kinds.find(({ kind }) => kind === 'Pod')?.state;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const ONE = ['10.0.0.1:8000'];
const TWO = ['10.0.0.1:8000', '10.0.0.2:8000'];
const addPod = (api: FakeApi) => api.put('/pods', pod('p-2', '10.0.0.2'));

describe('a watch', () => {
  test('that the server closes goes on where it ended, without another list', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api);
    await watching(api, following);
    for (const name of ['p-2', 'p-3', 'p-4']) {
      api.closeWatches();
      api.put('/pods', pod(name, `10.0.0.${name.slice(2)}`));
      await eventually(() => expect(following.addresses()).toContain(`10.0.0.${name.slice(2)}:8000`));
    }
    expect(following.lists.filter((kind) => kind === 'Pod')).toEqual(['Pod']);
    expect(following.failures).toEqual([]);
    expect(pods(following)).toEqual({ kind: 'current' });
  });

  test('goes on from a bookmark, so that versions may be forgotten that nothing was said of', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api);
    await watching(api, following);
    api.compact();
    api.bookmark();
    api.closeWatches();
    await eventually(() => expect(api.openWatches()).toBe(3));
    addPod(api);
    await eventually(() => expect(following.addresses()).toEqual(TWO));
    expect(following.lists.filter((kind) => kind === 'Pod')).toEqual(['Pod']);
  });

  test.each([
    ['in an event', (api: FakeApi) => api.compact()],
    [
      'as the status of its answer',
      (api: FakeApi) => {
        let times = 0;
        api.failWith((asked) =>
          isWatch(asked) && ofPods(asked) && times++ < 2 ? { status: 410 } : undefined,
        );
      },
    ],
  ])('whose version the server has forgotten, told %s, begins anew with a list', async (_, forget) => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api);
    await watching(api, following);
    api.remove('/pods', 'p-1');
    await eventually(() => expect(following.addresses()).toEqual([]));
    api.closeWatches();
    forget(api);
    api.put('/pods', pod('p-1', '10.0.0.1'));
    addPod(api);
    await eventually(() => expect(following.addresses()).toEqual(TWO));
    await eventually(() =>
      expect(following.lists.filter((kind) => kind === 'Pod').length).toBeGreaterThan(1),
    );
  });

  test('with an event that nobody can read begins anew, and with a list if that does not help', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api);
    await watching(api, following);
    api.say('{"type":"MODIFIED","obj');
    addPod(api);
    await eventually(() => expect(following.addresses()).toEqual(TWO));
    expect(following.failures).toContain('Pod watch connection');
  });

  test('that is silent for too long counts as dead', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api, { timing: { silenceMs: 50 } });
    await following.source.synced;
    await eventually(() => expect(following.failures).toContain('Pod watch connection'));
    addPod(api);
    await eventually(() => expect(following.addresses()).toEqual(TWO));
  });

  test('is asked for with bookmarks, the version of its list, and an end', async () => {
    const api = await startCluster('10.0.0.1');
    await watching(api, follow(api));
    expect(api.asked.filter((asked) => isWatch(asked) && ofPods(asked))).toEqual([
      {
        path: '/api/v1/namespaces/default/pods',
        query: { watch: '1', allowWatchBookmarks: 'true', resourceVersion: '103', timeoutSeconds: '450' },
      },
    ]);
  });
});

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
        expect(pods(following)).toEqual({ kind: 'old', sinceMs: expect.any(Number), problem }),
      );
      await eventually(() => expect(following.source.view().discovery).toBeDefined());
      expect(following.addresses()).toEqual(ONE);
      expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });

      addPod(api);
      api.failWith(() => undefined);
      await eventually(() => expect(following.addresses()).toEqual(TWO));
      await eventually(() => expect(pods(following)).toEqual({ kind: 'current' }));
      await eventually(() => expect(following.source.view().discovery).toBe(undefined));
    },
  );
});

test('a watch whose connection died without a word is renewed as soon as the server answers again', async () => {
  const api = await startCluster('10.0.0.1');
  const following = follow(api, { timing: { requestMs: 100 } });
  await watching(api, following);
  api.muteWatches();
  api.failWith(() => 'hang');
  await eventually(() =>
    expect(following.source.view().discovery).toEqual({
      sinceMs: expect.any(Number),
      problem: 'no answer within 100 ms',
    }),
  );
  expect(pods(following)).toEqual({ kind: 'current' });
  expect(viewOldSince(following.source.view())).toBeDefined();
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
  await eventually(() => expect(pods(following)?.kind).toBe('old'));
  const since = viewOldSince(following.source.view());
  expect(since).toBeLessThan(failedMs);
  const state = pods(following);
  expect(state?.kind === 'old' && state.sinceMs).toBeGreaterThan(quietMs);
});

describe('a list', () => {
  test('that takes too long is given up and tried again', async () => {
    const api = await startCluster('10.0.0.1');
    api.failWith((asked) => (isList(asked) && ofPods(asked) ? 'hang' : undefined));
    const following = follow(api, { timing: { requestMs: 200 } });
    await eventually(() =>
      expect(pods(following)).toEqual({ kind: 'syncing', problem: 'no answer within 200 ms' }),
    );
    api.failWith(() => undefined);
    await following.source.synced;
    expect(following.addresses()).toEqual(ONE);
  });

  test('is read page by page, and as a whole if its first page is forgotten meanwhile', async () => {
    const api = await startCluster('10.0.0.1');
    for (let n = 2; n < 600; n++) api.put('/pods', pod(`p-${n}`, `10.0.${n >> 8}.${n & 255}`));
    let pages = 0;
    api.failWith(({ query }) => {
      if (query.continue === undefined) return undefined;
      pages += 1;
      return query.continue === '500' ? { status: 410 } : undefined;
    });
    const following = follow(api);
    await following.source.synced;
    expect(pages).toBe(2);
    expect(following.addresses()).toHaveLength(599);
    const lists = api.asked.filter((asked) => isList(asked) && ofPods(asked));
    expect(lists.map(({ query }) => query)).toEqual([
      { limit: '250' },
      { limit: '250', continue: '250' },
      { limit: '250', continue: '500' },
      { limit: '0' },
    ]);
  });

  test('comes again after a long time, whatever the watch said', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api, { timing: { relistMs: 200, watchMs: 1 } });
    await following.source.synced;
    // The server ends watches when their time is over.
    const timer = setInterval(api.closeWatches, 50);
    await eventually(() =>
      expect(following.lists.filter((kind) => kind === 'Pod').length).toBeGreaterThan(2),
    );
    clearInterval(timer);
    expect(following.failures).toEqual([]);
  });
});

describe('without the right', () => {
  const forbidPods = (api: FakeApi, forbids: (asked: Asked) => boolean) =>
    api.failWith((asked) => (ofPods(asked) && forbids(asked) ? { status: 403 } : undefined));

  test('to list, a kind counts as empty, and is read once the right is given', async () => {
    const api = await startCluster('10.0.0.1');
    forbidPods(api, () => true);
    const following = follow(api);
    await following.source.synced;
    expect(pods(following)).toEqual({ kind: 'forbidden', verb: 'list', sinceMs: undefined });
    expect(following.addresses()).toEqual([]);
    api.failWith(() => undefined);
    await eventually(() => expect(following.addresses()).toEqual(ONE));
    expect(pods(following)).toEqual({ kind: 'current' });
  });

  test('to watch, a kind is listed again and again', async () => {
    const api = await startCluster('10.0.0.1');
    forbidPods(api, isWatch);
    const following = follow(api);
    await following.source.synced;
    await eventually(() =>
      expect(pods(following)).toEqual({ kind: 'forbidden', verb: 'watch', sinceMs: undefined }),
    );
    addPod(api);
    await eventually(() => expect(following.addresses()).toEqual(TWO));
    expect(pods(following)).toEqual({ kind: 'forbidden', verb: 'watch', sinceMs: undefined });
  });

  test('any more, what was known stays', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api);
    await watching(api, following);
    forbidPods(api, () => true);
    api.closeWatches();
    await eventually(() =>
      expect(pods(following)).toEqual({ kind: 'forbidden', verb: 'list', sinceMs: expect.any(Number) }),
    );
    expect(following.addresses()).toEqual(ONE);
  });

  test('to be asked at all (401), nothing is known yet, and what was known stays', async () => {
    const api = await startCluster('10.0.0.1');
    api.failWith(() => ({ status: 401 }));
    const following = follow(api);
    await eventually(() => expect(pods(following)).toEqual({ kind: 'syncing', problem: '401: fault 401' }));
    api.failWith(() => undefined);
    await watching(api, following);
    api.failWith(() => ({ status: 401 }));
    api.closeWatches();
    await eventually(() => expect(pods(following)).toMatchObject({ kind: 'old', problem: '401: fault 401' }));
    expect(following.addresses()).toEqual(ONE);
  });
});

test('a fault of Serin’s own in one kind leaves what it knew, and the other kinds alone', async () => {
  const api = await startCluster('10.0.0.1');
  let broken = false;
  const following = follow(api, {
    onMembers: () => {
      if (broken) throw new Error('poison');
    },
  });
  await watching(api, following);
  broken = true;
  addPod(api);
  await eventually(() => expect(following.failures).toContain('Pod list fault'));
  expect(pods(following)).toMatchObject({ kind: 'old', problem: 'poison' });
  expect(following.addresses()).toEqual(ONE);
  api.put(MODELS, model('m', 'lora-request', { a: 3 }));
  await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 3 }));
  broken = false;
  await eventually(() => expect(following.addresses()).toEqual(TWO));
});

test('requests that fail come ever more seldom, and none comes after the end', async () => {
  const api = await startCluster('10.0.0.1');
  api.failWith(() => ({ status: 500 }));
  const following = follow(api, { timing: { firstBackoffMs: 5, maxBackoffMs: 60_000 } });
  await eventually(() => expect(following.failures.length).toBeGreaterThan(4));
  const asked = api.asked.filter(ofPods).length;
  expect(asked).toBeLessThan(12);
  await following.stop();
  const last = api.asked.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(api.asked.length).toBe(last);
});
