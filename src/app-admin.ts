import { adminPort } from './config/admin-port.ts';
import type { Config } from './config/config.ts';
import { startAdmin } from './server/admin.ts';
import { type Access, createAdminGuard, type Verdict } from './server/admin-guard.ts';
import { type AdminFigures, debugPages, probePages } from './server/admin-pages.ts';
import { livePage } from './server/live-page.ts';
import { reviewAccess } from './sources/kubernetes/access-review.ts';
import { createOpenApi } from './sources/kubernetes/api-server.ts';
import { findCluster } from './sources/kubernetes/cluster-access.ts';
import { createKeptReviews } from './sources/kubernetes/kept-reviews.ts';
import type { Log } from './telemetry/log.ts';
import { throttle } from './telemetry/throttle.ts';

/** The HTTP ports that were taken. */
export interface AdminPorts {
  readonly metricsPort: number;
  /** Absent where the metrics port shows everything. */
  readonly adminPort?: number;
}

/** What the HTTP ports are started with. */
export interface AdminPortsDeps {
  /** Where the metrics port listens. */
  readonly host: string;
  readonly figures: AdminFigures;
  readonly now: () => number;
  readonly log: Log;
}

/** How soon a right that is taken away is gone. */
const REVIEW_KEPT_MS = 10_000;
const REVIEW_TIMEOUT_MS = 5_000;

/** Starts the port for machines and, where that is another one, the port for people. */
export async function startAdminPorts(
  config: Config,
  deps: AdminPortsDeps,
  signal: AbortSignal,
): Promise<AdminPorts> {
  const { host, figures } = deps;
  const open = livePage();
  const machines = { host, port: config.metricsPort };
  const people = adminPort(config);
  if (people === undefined) {
    const pages = new Map([...probePages(figures), ...open, ...debugPages(figures)]);
    return { metricsPort: await startAdmin({ ...machines, pages }, signal) };
  }
  const authorize = config.adminAuth === 'token' ? await createAuthorize(config, deps, signal) : undefined;
  const guard = createAdminGuard({ hosts: config.adminHosts, open, authorize });
  const pages = new Map([...open, ...debugPages(figures)]);
  return {
    metricsPort: await startAdmin({ ...machines, pages: probePages(figures) }, signal),
    adminPort: await startAdmin({ ...people, pages, guard }, signal),
  };
}

async function createAuthorize(
  { kubeconfig }: Config,
  { now, log }: AdminPortsDeps,
  signal: AbortSignal,
): Promise<(access: Access) => Promise<Verdict>> {
  const open = createOpenApi(await findCluster(kubeconfig));
  const options = { open, timeoutMs: REVIEW_TIMEOUT_MS, signal };
  const review = createKeptReviews({
    review: (asked) => reviewAccess(asked, options),
    keptMs: REVIEW_KEPT_MS,
    now,
  });
  const logFailure = throttle<string>(now, (message, leftOut) =>
    log.warn({ message, leftOut }, 'a token could not be checked, so its holder was refused'),
  );
  return async (access) => {
    const reviewed = await review(access);
    if (reviewed.kind === 'failed') logFailure(reviewed.message);
    return reviewed;
  };
}
