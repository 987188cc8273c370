import type { Conflict } from '../core/conflict.ts';
import type { LoadView } from '../core/load-view.ts';
import type { ObjectMeta } from '../core/policy.ts';
import { REJECTIONS } from '../core/rejection.ts';
import type { Endpoint, Snapshot } from '../core/snapshot.ts';
import type { PeersView } from '../sources/peers/peers.ts';
import type { RecentRejection } from '../state/recent-rejections.ts';
import type { StandingProblems } from '../state/standing-problems.ts';
import { mergeWindows, type Window } from '../state/windows/window.ts';
import type { EndpointStatus, LiveStatus } from './live-status.ts';
import { modelStatuses } from './model-status.ts';

/** What a status is built from. */
export interface StatusParts {
  readonly atMs: number;
  readonly waitingFor: readonly string[];
  readonly snapshot: Snapshot;
  readonly load: LoadView;
  /** Requests whose streams are open, by the address of their pod. */
  readonly inFlight: (address: string) => number;
  /** Since an endpoint's figures were read, by slot. */
  readonly ageMs: (slot: number) => number | undefined;
  readonly conflicts: readonly Conflict[];
  readonly problems: ReturnType<StandingProblems['all']>;
  /** This replica's own. */
  readonly windows: readonly Window[];
  readonly peers: PeersView;
  readonly rejections: readonly RecentRejection[];
}

/** Puts together what the live page and `serin status` show. */
export function buildStatus(parts: StatusParts): LiveStatus {
  const { atMs, waitingFor, snapshot, peers, problems, conflicts } = parts;
  const windows = mergedWindows(parts.windows, peers.told);
  const answered = 1 + peers.told.length;
  return {
    ...{ version: 1, atMs, waitingFor },
    replicas: { answered, known: answered + peers.missing.length, missing: peers.missing },
    pools: [...snapshot.pools.values()].map((pool) => ({
      pool: pool.key,
      models: modelStatuses(pool, windows),
      endpoints: pool.endpoints.map((endpoint) => endpointStatus(endpoint, parts)),
    })),
    rejections: {
      windows: windows.map(({ seconds, rejections }) => ({ seconds, reasons: rejections })),
      recent: parts.rejections.map(({ atMs, reason, pool, model }) => ({
        ...{ atMs, reason, status: REJECTIONS[reason].status },
        ...(pool === undefined ? {} : { pool }),
        ...(model === undefined ? {} : { model }),
      })),
    },
    ...{ problems: problems.problems, moreProblems: problems.more },
    conflicts: conflicts.map(({ model, winner, loser }) => ({
      ...{ name: model, winner: nameOf(winner), loser: nameOf(loser) },
    })),
  };
}

/** Each of one's own windows with the peers' of the same length. */
function mergedWindows(own: readonly Window[], told: PeersView['told']): readonly Window[] {
  return own.map((window) => {
    const others = told.flat().filter(({ seconds }) => seconds === window.seconds);
    return mergeWindows([window, ...others]);
  });
}

function endpointStatus({ slot, address, name }: Endpoint, parts: StatusParts): EndpointStatus {
  const { load, inFlight, ageMs } = parts;
  const age = ageMs(slot);
  return {
    ...{ name, address, state: load.freshness[slot] ?? 'unknown' },
    waiting: load.waiting[slot] ?? 0,
    running: load.running[slot] ?? 0,
    kvUsage: load.kvUsage[slot] ?? 0,
    inFlight: inFlight(address),
    maxLoras: load.maxLoras[slot] ?? 0,
    adapters: [...(load.adapters[slot] ?? [])].sort(),
    ...(age === undefined ? {} : { ageSeconds: age / 1_000 }),
  };
}

function nameOf({ kind, namespace, name }: ObjectMeta): string {
  return `${kind} ${namespace}/${name}`;
}
