import { describe, expect, test } from 'vitest';
import { followingState, oldSince, type WatchState } from '../../../src/sources/kubernetes/watch-state.ts';

const CURRENT: WatchState = { kind: 'current' };
const OLD: WatchState = { kind: 'old', sinceMs: 5, problem: 'gone' };
const FORBIDDEN: WatchState = { kind: 'forbidden', verb: 'list', sinceMs: undefined };

describe('of a kind that was read, a reflector', () => {
  test('that only starts changes nothing', () => {
    const starts: WatchState = { kind: 'syncing', problem: undefined };
    expect(followingState(CURRENT, starts, 9)).toEqual(CURRENT);
    expect(followingState(OLD, starts, 9)).toEqual(OLD);
  });

  test('that fails from its start leaves a view that is as old as the one before', () => {
    const fails: WatchState = { kind: 'syncing', problem: '500' };
    expect(followingState(CURRENT, fails, 9)).toEqual({ kind: 'old', sinceMs: 9, problem: '500' });
    expect(followingState(OLD, fails, 9)).toEqual({ kind: 'old', sinceMs: 5, problem: '500' });
    expect(followingState(CURRENT, { kind: 'absent' }, 9)).toMatchObject({ kind: 'old', sinceMs: 9 });
    expect(followingState(OLD, FORBIDDEN, 9)).toEqual({ kind: 'forbidden', verb: 'list', sinceMs: 5 });
  });

  test('that reads or watches has the last word', () => {
    const watch: WatchState = { kind: 'forbidden', verb: 'watch', sinceMs: undefined };
    for (const next of [CURRENT, OLD, watch]) expect(followingState(OLD, next, 9)).toEqual(next);
  });
});

test('only what was read and is not any more is old', () => {
  const states: readonly WatchState[] = [
    CURRENT,
    OLD,
    FORBIDDEN,
    { kind: 'forbidden', verb: 'list', sinceMs: 7 },
    { kind: 'absent' },
    { kind: 'syncing', problem: 'x' },
  ];
  expect(states.map(oldSince)).toEqual([undefined, 5, undefined, 7, undefined, undefined]);
});
