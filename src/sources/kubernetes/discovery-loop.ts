import { messageOf } from '../files/system-error.ts';
import type { Wake } from '../files/wake.ts';
import { createBackoff } from './backoff.ts';
import type { ClusterView } from './cluster-view.ts';
import { type Discovery, discover, type Unknown } from './discovery.ts';
import type { ReflectorDeps } from './reflection.ts';
import type { ReadKind } from './resource.ts';
import type { WatchedKind } from './watched-kind.ts';

/** What the loop that looks for kinds needs. */
export interface DiscoveryLoop {
  readonly kinds: readonly ReadKind[];
  readonly watched: readonly WatchedKind[];
  readonly deps: ReflectorDeps;
  /** Ends a wait early: a list has said that its kind is gone. */
  readonly wake: Wake;
  /** Told after each look: undefined if the server answered. */
  readonly onLook: (trouble: ClusterView['discovery']) => void;
}

/** Looks again and again which kinds the server has, and lets each be watched in one version. */
export async function runDiscovery(loop: DiscoveryLoop, signal: AbortSignal): Promise<void> {
  const { open, timing, now } = loop.deps;
  const take = createTaker(loop, now());
  while (!signal.aborted) {
    const askedMs = now();
    const look = await discover(loop.kinds, { open, timeoutMs: timing.lookMs, signal });
    if (signal.aborted) return;
    await loop.wake.sleep(
      guarded(loop, () => take(look, askedMs)),
      signal,
    );
  }
}

/** The boundary where a fault of Serin's own is caught: the next look tries again. */
function guarded({ deps, onLook }: DiscoveryLoop, take: () => number): number {
  try {
    return take();
  } catch (cause) {
    onLook({ sinceMs: deps.now(), problem: messageOf(cause) });
    return deps.timing.maxBackoffMs;
  }
}

/** Creates what hands a look on to the watches; the result is how long to wait for the next one. */
function createTaker({ watched, deps, onLook }: DiscoveryLoop, startedMs: number) {
  const waitMs = createWaits(deps);
  let answeredMs = startedMs;
  let wasSilent = false;
  return ({ found, trouble }: Discovery, askedMs: number): number => {
    const doubted = watched.filter(({ kind, follow }) => {
      const answer = found.get(kind);
      return answer !== undefined && follow(answer) === 'doubted';
    });
    if (trouble === undefined) answeredMs = askedMs;
    // A watch whose connection died without a word would not notice for minutes that the server is back.
    if (trouble === undefined && wasSilent) for (const each of watched) each.renew();
    wasSilent = trouble?.silent ?? false;
    onLook(trouble && { sinceMs: answeredMs, problem: trouble.problem });
    return waitMs(trouble, doubted.length);
  };
}

/** Creates what says how long to wait: not long for an answer that is missing or doubted. */
function createWaits({ timing, random }: ReflectorDeps) {
  const backoff = createBackoff({ firstMs: timing.firstBackoffMs, maxMs: timing.maxBackoffMs, random });
  return (trouble: Unknown | undefined, doubted: number): number => {
    if (trouble !== undefined) return backoff.next();
    backoff.reset();
    return doubted > 0 ? timing.confirmAbsentMs : timing.discoveryMs * (0.9 + random() / 5);
  };
}
