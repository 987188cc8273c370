import { aborted } from '../../../aborted.ts';
import { messageOf } from '../../files/system-error.ts';
import { pause } from '../../files/wake.ts';
import { createOpenApi, type OpenApi } from '../api-server.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import type { Scope } from '../scope.ts';
import { createElection } from './election.ts';
import { leaseNameOf } from './lease.ts';
import { runStatusWriter, type StatusWriterOptions } from './status-writer.ts';
import { isOwnPool, type Subject } from './subject.ts';
import { createTroubles, type TroubleListener, type Troubles } from './troubles.ts';

/** Who hears of the writing of status. */
export interface StatusReport extends TroubleListener {
  /** This replica begins or ceases to write. */
  readonly leads: (leading: boolean) => void;
  readonly failed: (kind: string, request: 'lease' | 'status', reason: string) => void;
  readonly written: (kind: string) => void;
}

/** What writing status needs. */
export interface StatusOptions
  extends Pick<StatusWriterOptions, 'snapshot' | 'load' | 'timing' | 'now' | 'date' | 'random'> {
  readonly scope: Scope;
  /** The namespace of the lease: that of Serin itself. */
  readonly namespace: string;
  /** Another one for each process. */
  readonly identity: string;
  readonly access: () => Promise<ClusterAccess>;
  /** Resolves once the cluster was read: before that, nothing is known that could be written. */
  readonly synced: Promise<void>;
  readonly subjects: () => readonly Subject[];
  readonly report: StatusReport;
}

/** Writes the conditions of objects while this replica holds the lease, until the signal aborts. */
export async function runStatus(options: StatusOptions, signal: AbortSignal): Promise<void> {
  const { scope, namespace, report } = options;
  const troubles = createTroubles(report);
  await Promise.race([options.synced, aborted(signal)]);
  await pause(options.timing.settleMs, signal);
  const open = await reach(options, troubles, signal);
  if (open === undefined) return;
  const shared = { ...options, open, troubles };
  const election = createElection({
    ...shared,
    name: { namespace, name: leaseNameOf(scope) },
    failed: (reason) => report.failed('Lease', 'lease', reason),
    leads: report.leads,
  });
  const writing = {
    ...shared,
    leftMs: election.leftMs,
    subjects: (snapshot: ReturnType<typeof options.snapshot>) => {
      const isOwn = isOwnPool(scope, snapshot.pools);
      return options.subjects().filter(({ pool }) => isOwn(pool));
    },
    failed: (kind: string, reason: string) => report.failed(kind, 'status', reason),
    written: report.written,
  };
  await Promise.all([election.run(signal), runStatusWriter(writing, signal)]);
}

/** Without a way to the server nothing is written, but that is no reason to stop serving requests. */
async function reach(
  { access, timing }: StatusOptions,
  troubles: Troubles,
  signal: AbortSignal,
): Promise<OpenApi | undefined> {
  while (!signal.aborted) {
    try {
      const open = createOpenApi(await access());
      troubles.mend(ACCESS);
      return open;
    } catch (cause) {
      troubles.stands(ACCESS, { kind: 'fault', message: messageOf(cause) });
      await pause(timing.deniedMs, signal);
    }
  }
  return undefined;
}

const ACCESS = 'API server';
