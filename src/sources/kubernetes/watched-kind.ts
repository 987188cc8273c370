import type { Found } from './discovery.ts';
import type { ObjectSink, ReflectorDeps } from './reflection.ts';
import { runReflector } from './reflector.ts';
import { apiVersionOf, type ReadKind, type Resource } from './resource.ts';
import { type Scope, selectionOf } from './scope.ts';
import { followingState, type WatchState } from './watch-state.ts';

/** One kind in one namespace, as it comes and goes. */
export interface WatchedKind {
  readonly kind: ReadKind;
  readonly namespace: string | undefined;
  /** The version that is read; undefined while none is. */
  readonly version: () => string | undefined;
  readonly state: () => WatchState;
  /** Begins, goes on, or ends to watch; `doubted` if the kind has to be missed again before it is dropped. */
  readonly follow: (found: Found) => 'settled' | 'doubted';
  /** Lists and watches anew, if it is watched; what is known stays meanwhile. */
  readonly renew: () => void;
}

/** Who hears of the watches of all kinds. */
export interface WatchListener {
  readonly changed: () => void;
  readonly failed: (kind: string, request: 'list' | 'watch', reason: string) => void;
  readonly listed: (kind: string) => void;
  /** A list says that its kind is gone. */
  readonly missing: () => void;
}

/** What watching one kind needs. */
export interface WatchedKindOptions {
  readonly kind: ReadKind;
  readonly scope: Scope;
  readonly namespace: string | undefined;
  readonly sink: ObjectSink;
  readonly deps: ReflectorDeps;
  readonly listener: WatchListener;
  /** Takes a loop to wait for; one that breaks ends the source. */
  readonly keep: (loop: Promise<void>) => void;
  readonly signal: AbortSignal;
}

interface Running {
  readonly resource: Resource;
  readonly stop: AbortController;
}

/** Creates a kind that is not watched yet. One version is watched at a time, into the same sink. */
export function createWatchedKind(options: WatchedKindOptions): WatchedKind {
  const { kind, namespace, sink, listener, deps } = options;
  let state: WatchState = { kind: 'syncing', problem: undefined };
  let running: Running | undefined;
  let known = false;
  let misses = 0;

  function become(next: WatchState): void {
    known ||= next.kind === 'current';
    state = known ? followingState(state, next, deps.now()) : next;
    listener.changed();
  }

  function start(resource: Resource): void {
    running?.stop.abort();
    const stop = new AbortController();
    running = { resource, stop };
    const ended = AbortSignal.any([stop.signal, options.signal]);
    const selection = selectionOf(options.scope, resource, namespace);
    const guard = {
      state: (next: WatchState) => {
        if (!ended.aborted) become(next);
      },
      failed: (request: 'list' | 'watch', reason: string) => listener.failed(kind.kind, request, reason),
      listed: () => listener.listed(kind.kind),
      missing: listener.missing,
    };
    options.keep(runReflector({ selection, sink, listener: guard, deps }, ended));
  }

  function startIfOther(resource: Resource): void {
    if (running === undefined || !sameResource(running.resource, resource)) start(resource);
  }

  function drop(): 'settled' | 'doubted' {
    misses += 1;
    // One server of several may not know yet what the others have, so once is not enough.
    if (running !== undefined && misses < 2) return 'doubted';
    if (running !== undefined) sink.replace([]);
    running?.stop.abort();
    running = undefined;
    known = false;
    become({ kind: 'absent' });
    return 'settled';
  }

  return {
    kind,
    namespace,
    version: () => running?.resource.version,
    state: () => state,
    follow: (found) => {
      if (found.kind === 'absent') return drop();
      misses = 0;
      if (found.kind === 'served') startIfOther(found.resource);
      else if (running === undefined) {
        become(
          found.kind === 'forbidden'
            ? { kind: 'forbidden', verb: 'discovery', sinceMs: undefined }
            : { kind: 'syncing', problem: found.problem },
        );
      }
      return 'settled';
    },
    renew: () => {
      if (running !== undefined) start(running.resource);
    },
  };
}

function sameResource(a: Resource, b: Resource): boolean {
  return apiVersionOf(a) === apiVersionOf(b) && a.plural === b.plural && a.namespaced === b.namespaced;
}
