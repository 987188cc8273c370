import { expect, test } from 'vitest';
import type { ClusterView } from '../../src/sources/kubernetes/cluster-view.ts';
import type { WatchState } from '../../src/sources/kubernetes/watch-state.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createViewLog } from '../../src/telemetry/view-log.ts';

/** Tells views and notes what is logged of them. */
function create() {
  const lines: (readonly unknown[])[] = [];
  const write = (line: string) => {
    const { level, msg, kind, state, problem } = JSON.parse(line);
    lines.push([level, msg, kind, state, problem].filter((part) => part !== undefined));
  };
  const tell = createViewLog(createLog(2, { write }));
  const kinds = (state: WatchState): ClusterView['kinds'] => [
    { group: '', kind: 'Pod', plural: 'pods', version: 'v1', namespace: 'llm', state },
  ];
  return {
    lines,
    kind: (state: WatchState) => tell({ kinds: kinds(state), discovery: undefined }),
    discovery: (discovery: ClusterView['discovery']) => tell({ kinds: [], discovery }),
  };
}

test('a kind that only begins is no news, and each news is told once', () => {
  const { lines, kind } = create();
  kind({ kind: 'syncing', problem: undefined });
  kind({ kind: 'syncing', problem: '500' });
  kind({ kind: 'syncing', problem: '503' });
  for (let n = 0; n < 2; n++) kind({ kind: 'current' });
  for (let n = 0; n < 2; n++) kind({ kind: 'old', sinceMs: 5, problem: 'gone' });
  kind({ kind: 'current' });
  kind({ kind: 'forbidden', verb: 'list', sinceMs: undefined });
  kind({ kind: 'absent' });
  expect(lines).toEqual([
    [40, 'watch', 'Pod', 'syncing', '500'],
    [30, 'watch', 'Pod', 'current'],
    [40, 'watch', 'Pod', 'old', 'gone'],
    [30, 'watch', 'Pod', 'current'],
    [40, 'watch', 'Pod', 'forbidden'],
    [30, 'watch', 'Pod', 'absent'],
  ]);
});

test('discovery is told when it fails, and when it answers again', () => {
  const { lines, discovery } = create();
  discovery(undefined);
  discovery({ sinceMs: 5, problem: 'no answer' });
  discovery({ sinceMs: 5, problem: 'still none' });
  discovery(undefined);
  expect(lines).toEqual([
    [40, 'the API server does not tell its kinds', 'no answer'],
    [30, 'the API server tells its kinds again'],
  ]);
});
