import { randomUUID } from 'node:crypto';
import type { State } from './app-state.ts';
import type { Config } from './config/config.ts';
import { modelName } from './core/names.ts';
import type { RecordSink } from './core/request-record.ts';
import type { Pool } from './core/snapshot.ts';
import { createDnsSource } from './sources/endpoints/dns-source.ts';
import type { HostPort } from './sources/endpoints/host-port.ts';
import { systemLookup } from './sources/endpoints/system-lookup.ts';
import { createPeers, type Peers } from './sources/peers/peers.ts';
import { createHttpGet } from './sources/scrape/http-get.ts';
import { createRecentRejections } from './state/recent-rejections.ts';
import { windowsJson } from './state/windows/document.ts';
import { createWindows } from './state/windows/windows.ts';
import { buildStatus } from './status/build-status.ts';
import type { LiveStatus } from './status/live-status.ts';
import type { Log } from './telemetry/log.ts';

/** What tells of this moment and the last minutes. */
export interface Live {
  readonly records: readonly RecordSink[];
  readonly status: (waitingFor: readonly string[]) => LiveStatus;
  /** What other replicas read. */
  readonly windows: () => object;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** What it is built from. */
export interface LiveDeps {
  readonly config: Config;
  readonly state: State;
  readonly log: Log;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
}

/** Nine megabytes if they all were in use. */
const MAX_SERIES = 200;
const MAX_REJECTIONS = 20;
const PEER_INTERVAL_MS = 2_000;
const PEER_TIMEOUT_MS = 1_000;
const DNS_INTERVAL_MS = 5_000;

/** Builds the windows of this replica and its view of the others; the signal ends the connections to those. */
export function createLive({ config, state, log, now, epochMs }: LiveDeps, signal: AbortSignal): Live {
  const { store, table, inFlight, scrapeTimes, problems } = state;
  const replica = randomUUID();
  const isNamed = (pool: string, model: string) => {
    const pools: ReadonlyMap<string, Pool> = store.current().pools;
    return pools.get(pool)?.rules.has(modelName(model)) === true;
  };
  const windows = createWindows({ now, maxSeries: MAX_SERIES, isNamed });
  const rejections = createRecentRejections(MAX_REJECTIONS);
  const peers = createPeers({
    get: createHttpGet(signal),
    ...{ replica, intervalMs: PEER_INTERVAL_MS, timeoutMs: PEER_TIMEOUT_MS },
    report: {
      missing: (peer) => log.warn(peer, 'a replica does not tell its figures'),
      back: (address) => log.info({ address }, 'a replica tells its figures again'),
    },
  });
  return {
    records: [windows.record, rejections.record],
    status: (waitingFor) =>
      buildStatus({
        ...{ atMs: epochMs(), waitingFor },
        ...{ snapshot: store.current(), load: table, conflicts: store.conflicts() },
        ...{ inFlight: inFlight.at, ageMs: scrapeTimes.ageMs, problems: problems.all() },
        ...{ windows: windows.read(), peers: peers.view(), rejections: rejections.all() },
      }),
    windows: () => windowsJson({ replica, windows: windows.read() }),
    run: async (stop) => {
      await Promise.all([peers.run(stop), ...followNames(config.peers, peers, log).map((run) => run(stop))]);
    },
  };
}

/** Looks the names up over and over, and has the peers follow all their addresses. */
function followNames(
  names: readonly HostPort[],
  peers: Peers,
  log: Log,
): readonly ((signal: AbortSignal) => Promise<void>)[] {
  const found = new Map<HostPort, readonly string[]>();
  return names.map((target) => {
    const source = createDnsSource({
      ...{ target, lookup: systemLookup, intervalMs: DNS_INTERVAL_MS },
      publish: (members) => {
        found.set(
          target,
          members.map(({ name }) => name),
        );
        peers.follow([...found.values()].flat());
      },
      report: {
        unresolved: (name, message) =>
          log.warn({ name, message }, 'replicas not found; the last addresses stay'),
        resolved: (name, addresses) => log.info({ name, addresses }, 'replicas found'),
      },
    });
    return source.run;
  });
}
