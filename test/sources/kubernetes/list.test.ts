import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { follow } from './following.ts';
import { pod } from './objects.ts';
import { isList, ONE, ofPods, podState } from './pod-watch.ts';
import { startCluster } from './test-cluster.ts';

describe('a list', () => {
  test('that takes too long is given up and tried again', async () => {
    const api = await startCluster('10.0.0.1');
    api.failWith((asked) => (isList(asked) && ofPods(asked) ? 'hang' : undefined));
    const following = follow(api, { timing: { requestMs: 200 } });
    await eventually(() =>
      expect(podState(following)).toEqual({ kind: 'syncing', problem: 'no answer within 200 ms' }),
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
    // What a list says again makes no other snapshot.
    expect(following.published).toEqual({ policy: 2, members: 1 });
  });
});
