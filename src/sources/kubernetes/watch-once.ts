import type { Failure } from './answer.ts';
import { type Change, readEvent, type WatchEvent } from './api-object.ts';
import { type Selection, selectionPath } from './list.ts';
import type { ObjectSink, ReflectorDeps } from './reflection.ts';
import { readStream, type StreamEnd } from './watch-stream.ts';

/** How one watch ended, and the version at which the next one goes on. */
export type WatchEnd = { readonly resourceVersion: string } & (
  | { readonly kind: 'closed' }
  /** The server has forgotten the version: only a list helps. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

/** What one watch needs. */
export interface WatchOptions {
  readonly selection: Selection;
  readonly sink: ObjectSink;
  readonly deps: ReflectorDeps;
  /** The server has taken the watch. */
  readonly onOpen: () => void;
  /** Something has arrived. */
  readonly onHeard: () => void;
}

const EXPIRED = 410;

/** Watches a selection from a version on, until the watch ends. */
export async function watchOnce(options: WatchOptions, from: string, signal: AbortSignal): Promise<WatchEnd> {
  const { selection, sink, deps, onOpen, onHeard } = options;
  const { requestMs, silenceMs, watchMs } = deps.timing;
  const timeoutSeconds = String(Math.ceil((watchMs * (1 + deps.random())) / 1000));
  let version = from;
  let failure: Failure | undefined;
  const query = { watch: '1', allowWatchBookmarks: 'true', resourceVersion: from, timeoutSeconds };
  const request = {
    path: selectionPath(selection, query),
    timeoutMs: requestMs,
    silenceMs,
    onOpen,
    onLines: (lines: readonly string[]) => {
      const read = digest(lines, selection);
      version = read.resourceVersion ?? version;
      failure = read.failure;
      if (failure === undefined) onHeard();
      if (read.changes.length > 0) sink.change(read.changes);
      return failure === undefined ? ('go on' as const) : ('stop' as const);
    },
  };
  const end = await readStream(deps.open, request, signal);
  return { resourceVersion: version, ...outcomeOf(failure ?? end) };
}

/** What lines say, up to the first that is no event. */
interface Digest {
  readonly changes: readonly Change[];
  readonly resourceVersion: string | undefined;
  /** What the server said instead of an event. */
  readonly failure: Failure | undefined;
}

function digest(lines: readonly string[], { resource }: Selection): Digest {
  const events = lines.map((line) => readEvent(line, resource));
  const failures = events.map(failureOf);
  const bad = failures.findIndex((failure) => failure !== undefined);
  const good = bad < 0 ? events : events.slice(0, bad);
  const versions = good.flatMap((event) => ('resourceVersion' in event ? (event.resourceVersion ?? []) : []));
  return {
    changes: good.flatMap((event) => (event.kind === 'change' ? [event.change] : [])),
    resourceVersion: versions.at(-1),
    failure: failures[bad],
  };
}

function failureOf(event: WatchEvent): Failure | undefined {
  switch (event.kind) {
    case 'change':
    case 'bookmark':
      return undefined;
    case 'error':
      return { kind: 'refused', status: event.status, message: event.message, retryAfterMs: undefined };
    case 'unreadable':
      return { kind: 'failed', message: 'a line of the watch cannot be read' };
  }
}

type Outcome =
  | { readonly kind: 'closed' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'failed'; readonly failure: Failure };

function outcomeOf(end: StreamEnd): Outcome {
  switch (end.kind) {
    case 'closed':
    case 'stopped':
      return { kind: 'closed' };
    case 'refused':
      return end.status === EXPIRED ? { kind: 'expired' } : { kind: 'failed', failure: end };
    case 'failed':
    case 'fault':
      return { kind: 'failed', failure: end };
  }
}
