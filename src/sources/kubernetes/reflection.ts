import type { ApiObject, Change } from './api-object.ts';
import type { OpenApi } from './api-server.ts';
import type { Selection } from './list.ts';
import type { KubernetesTiming } from './timing.ts';
import type { WatchState } from './watch-state.ts';

/** Where a reflector puts what it reads. */
export interface ObjectSink {
  readonly replace: (objects: readonly ApiObject[]) => void;
  readonly change: (changes: readonly Change[]) => void;
}

/** What is told of a reflector besides its objects. */
export interface ReflectorListener {
  readonly state: (state: WatchState) => void;
  /** A request that got no good answer, by the reason that metrics show. */
  readonly failed: (request: 'list' | 'watch', reason: string) => void;
  readonly listed: () => void;
  /** The server says that it does not have the resource. */
  readonly missing: () => void;
}

/** What all reflectors of a cluster share. */
export interface ReflectorDeps {
  readonly open: OpenApi;
  readonly timing: KubernetesTiming;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** One selection to be mirrored. */
export interface Reflection {
  readonly selection: Selection;
  readonly sink: ObjectSink;
  readonly listener: ReflectorListener;
  readonly deps: ReflectorDeps;
}
