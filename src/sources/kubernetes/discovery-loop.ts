import type { Wake } from '../files/wake.ts';
import { createBackoff } from './backoff.ts';
import type { ClusterView } from './cluster-view.ts';
import { discover } from './discovery.ts';
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
export async function runDiscovery(
  { kinds, watched, deps, wake, onLook }: DiscoveryLoop,
  signal: AbortSignal,
): Promise<void> {
  const { open, timing, now } = deps;
  const waitMs = createWaits(deps);
  let answeredMs = now();
  while (!signal.aborted) {
    const askedMs = now();
    const { found, problem } = await discover(kinds, { open, timeoutMs: timing.requestMs, signal });
    if (signal.aborted) return;
    const doubted = watched.filter(({ kind, follow }) => {
      const answer = found.get(kind);
      return answer !== undefined && follow(answer) === 'doubted';
    });
    if (problem === undefined) answeredMs = askedMs;
    onLook(problem === undefined ? undefined : { sinceMs: answeredMs, problem });
    await wake.sleep(waitMs(problem, doubted.length), signal);
  }
}

/** Creates what says how long to wait: not long for an answer that is missing or doubted. */
function createWaits({ timing, random }: ReflectorDeps) {
  const backoff = createBackoff({ firstMs: timing.firstBackoffMs, maxMs: timing.maxBackoffMs, random });
  return (problem: string | undefined, doubted: number): number => {
    if (problem !== undefined) return backoff.next();
    backoff.reset();
    return doubted > 0 ? timing.confirmAbsentMs : timing.discoveryMs * (0.9 + random() / 5);
  };
}
