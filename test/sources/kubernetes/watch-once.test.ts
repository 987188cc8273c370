import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import type { FakeApi } from './fake-api-server.ts';
import { follow } from './following.ts';
import { pod } from './objects.ts';
import { addPod, isWatch, ofPods, podState, TWO, watching } from './pod-watch.ts';
import { startCluster } from './test-cluster.ts';

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
    expect(podState(following)).toEqual({ kind: 'current' });
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
    // That is no failure: servers forget.
    expect(following.failures).toEqual([]);
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

  test('that says something now and then is alive, however little it is', async () => {
    const api = await startCluster('10.0.0.1');
    const following = follow(api, { timing: { silenceMs: 1_000 } });
    await watching(api, following);
    let bookmarks = 0;
    const timer = setInterval(() => {
      bookmarks += 1;
      api.bookmark();
    }, 50);
    await eventually(() => expect(bookmarks).toBeGreaterThan(30));
    clearInterval(timer);
    expect(following.failures).toEqual([]);
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
