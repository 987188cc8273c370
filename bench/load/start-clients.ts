import { createShell } from '../../scripts/docker/shell.ts';
import { cacheFolder } from '../../src/envoy-binary/cache-folder.ts';
import { findWrk } from './find-wrk.ts';
import type { LoadPlan, LoadResult } from './plan.ts';
import { startLoad } from './start-load.ts';
import { createWrkLoad } from './wrk-load.ts';

/** What makes the load of a run. */
export interface Clients {
  readonly load: (plan: LoadPlan) => Promise<LoadResult>;
  /** Who sends over HTTP, for the tables. */
  readonly overHttp: string;
}

/** wrk counts in seconds, and takes one of them at least. */
const LEAST_MS = 1000;
const OWN = "the benchmark's own clients";

/**
 * Starts what makes load: over HTTP wrk, which takes less of the cores that a gateway shares with its clients, if there is
 * one and windows are as long as it needs, else a process of ours; to a picker itself always that.
 */
export async function startClients(
  { windowMs, overHttp }: { readonly windowMs: number; readonly overHttp: boolean },
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Clients> {
  const own = startLoad(signal);
  if (!overHttp || windowMs < LEAST_MS) return { load: own, overHttp: OWN };
  const shell = createShell(process.env, signal);
  const wrk = await findWrk({
    shell,
    cache: cacheFolder(process.env),
    isRoot: process.getuid?.() === 0,
    say,
  });
  if (wrk === undefined) {
    say('There is no wrk: own clients are used behind Envoy (Debian and Ubuntu: apt install wrk).');
    return { load: own, overHttp: OWN };
  }
  const withWrk = createWrkLoad(wrk, shell);
  const fits = ({ protocol, loop }: LoadPlan) =>
    protocol === 'http' && loop.kind === 'closed' && loop.forMs >= LEAST_MS;
  return { load: (plan) => (fits(plan) ? withWrk(plan) : own(plan)), overHttp: wrk.version };
}
