import { messageOf } from '../files/system-error.ts';
import { pause } from '../files/wake.ts';
import { type Failure, reasonOf } from './answer.ts';
import { createBackoff } from './backoff.ts';
import { listAll } from './list.ts';
import type { Reflection } from './reflection.ts';
import { type WatchEnd, watchOnce } from './watch-once.ts';
import type { WatchState } from './watch-state.ts';

/** After so many watches that were refused or broke, the version that they began at is in doubt. */
const FAILURES_BEFORE_LIST = 3;
/** A server, or what stands before it, that closes every watch at once still gets the next one soon. */
const MAX_QUICK_MS = 500;
const WATCH_FORBIDDEN: WatchState = { kind: 'forbidden', verb: 'watch', sinceMs: undefined };

/**
 * Mirrors one selection until the signal aborts: lists it, watches from there on, and lists again when the
 * server has forgotten the version, when watches keep failing, or when a long time has passed. What was read
 * stays whatever happens later.
 */
export async function runReflector(reflection: Reflection, signal: AbortSignal): Promise<void> {
  const { deps } = reflection;
  const { firstBackoffMs: firstMs, maxBackoffMs: maxMs } = deps.timing;
  const mirror: Mirror = {
    ...reflection,
    signal,
    backoff: createBackoff({ firstMs, maxMs, random: deps.random }),
    quick: createBackoff({ firstMs: firstMs / 2, maxMs: MAX_QUICK_MS, random: deps.random }),
    heardMs: undefined,
    watchForbidden: false,
  };
  mirror.listener.state({ kind: 'syncing', problem: undefined });
  while (!signal.aborted) {
    await pause(await guarded(mirror), signal);
  }
}

interface Mirror extends Reflection {
  readonly signal: AbortSignal;
  readonly backoff: ReturnType<typeof createBackoff>;
  readonly quick: ReturnType<typeof createBackoff>;
  /** When the server was last heard of; undefined until the first list. */
  heardMs: number | undefined;
  watchForbidden: boolean;
}

/**
 * The boundary where a fault of Serin's own is caught: it costs this kind its news, which stays as it is, and no
 * other kind anything.
 */
async function guarded(mirror: Mirror): Promise<number> {
  try {
    return await listAndFollow(mirror);
  } catch (cause) {
    return listFailed(mirror, { kind: 'fault', message: messageOf(cause) });
  }
}

/** Lists and watches; returns how long to wait before the next list. */
async function listAndFollow(mirror: Mirror): Promise<number> {
  const { selection, sink, listener, deps, signal } = mirror;
  const listed = await listAll(selection, { open: deps.open, timeoutMs: deps.timing.requestMs, signal });
  if (signal.aborted) return 0;
  if (listed.kind !== 'listed') return listFailed(mirror, listed);
  mirror.heardMs = deps.now();
  listener.listed();
  sink.replace(listed.objects);
  listener.state(mirror.watchForbidden ? WATCH_FORBIDDEN : { kind: 'current' });
  return follow(mirror, listed.resourceVersion);
}

function listFailed(mirror: Mirror, failure: Failure): number {
  const { listener, deps, heardMs, backoff } = mirror;
  listener.failed('list', reasonOf(failure));
  const deniedMs = deps.timing.deniedMs * (0.75 + deps.random() / 2);
  if (failure.kind === 'refused' && failure.status === 403) {
    listener.state({ kind: 'forbidden', verb: 'list', sinceMs: heardMs });
    return deniedMs;
  }
  if (failure.kind === 'refused' && failure.status === 404) {
    listener.state(heardMs === undefined ? { kind: 'absent' } : troubled(mirror, failure));
    listener.missing();
    return deps.timing.confirmAbsentMs;
  }
  listener.state(troubled(mirror, failure));
  return backoff.next(retryAfterOf(failure));
}

/** Watches again and again; returns how long to wait before the next list. */
async function follow(mirror: Mirror, from: string): Promise<number> {
  const { deps, signal } = mirror;
  const listAgainMs = deps.now() + deps.timing.relistMs * (0.9 + deps.random() / 5);
  const hears = hearing(mirror);
  let version = from;
  let failures = 0;
  while (!signal.aborted && deps.now() < listAgainMs) {
    const openedMs = deps.now();
    const end = await watchOnce({ ...mirror, ...hears }, version, signal);
    if (signal.aborted) return 0;
    version = end.resourceVersion;
    failures = end.kind === 'failed' ? failures + 1 : 0;
    const { waitMs, list } = afterWatch(mirror, end, deps.now() - openedMs);
    if (list || failures >= FAILURES_BEFORE_LIST) return waitMs;
    await pause(waitMs, signal);
  }
  return 0;
}

/** How long to wait after a watch, and whether only a list helps. */
function afterWatch(
  mirror: Mirror,
  end: WatchEnd,
  livedMs: number,
): { readonly waitMs: number; readonly list: boolean } {
  const { backoff, quick, deps } = mirror;
  const lived = livedMs > deps.timing.longLifeMs;
  if (lived) for (const each of [backoff, quick]) each.reset();
  switch (end.kind) {
    case 'closed':
      return { waitMs: lived ? 0 : quick.next(), list: false };
    case 'expired':
      return { waitMs: lived ? 0 : backoff.next(), list: true };
    case 'failed':
      return { waitMs: watchFailed(mirror, end.failure), list: inDoubt(end.failure) };
  }
}

function hearing(mirror: Mirror) {
  const onHeard = () => {
    mirror.heardMs = mirror.deps.now();
  };
  const onOpen = () => {
    onHeard();
    mirror.watchForbidden = false;
    mirror.listener.state({ kind: 'current' });
  };
  return { onHeard, onOpen };
}

function watchFailed(mirror: Mirror, failure: Failure): number {
  const { listener, deps, backoff } = mirror;
  listener.failed('watch', reasonOf(failure));
  if (failure.kind === 'refused' && failure.status === 403) {
    // Lists are allowed: they take the place of the watch.
    mirror.watchForbidden = true;
    listener.state(WATCH_FORBIDDEN);
    return deps.timing.deniedMs * (0.75 + deps.random() / 2);
  }
  listener.state(troubled(mirror, failure));
  return backoff.next(retryAfterOf(failure));
}

/** A version or a selection that the server does not take is not taken the next time either. */
function inDoubt(failure: Failure): boolean {
  if (failure.kind === 'fault') return true;
  return (
    failure.kind === 'refused' && failure.status >= 400 && failure.status < 500 && failure.status !== 429
  );
}

function troubled({ heardMs }: Mirror, failure: Failure): WatchState {
  const problem = failure.kind === 'refused' ? `${failure.status}: ${failure.message}` : failure.message;
  return heardMs === undefined ? { kind: 'syncing', problem } : { kind: 'old', sinceMs: heardMs, problem };
}

function retryAfterOf(failure: Failure): number | undefined {
  return failure.kind === 'refused' ? failure.retryAfterMs : undefined;
}
