import { fetchPage, jsonOf } from '../client/fetch-page.ts';
import { type HostPort, hostPort } from '../sources/endpoints/host-port.ts';
import type { EnvoyStats } from './check-envoy-stats.ts';
import { type ClusterFact, readClusters } from './envoy-clusters.ts';
import { type ExtProcFact, readExtProcs } from './envoy-facts.ts';
import { type FilterChainFact, readFilterChains } from './filter-chains.ts';

/** What an Envoy's admin port tells, or why it tells nothing. */
export type EnvoyFacts =
  | { readonly kind: 'silent'; readonly where: string; readonly problem: string }
  | {
      readonly kind: 'answers';
      readonly filters: readonly ExtProcFact[];
      readonly chains: readonly FilterChainFact[];
      readonly clusters: ReadonlyMap<string, ClusterFact>;
      readonly stats: EnvoyStats;
    };

const STATS =
  '\\.ext_proc\\.|ssl\\.connection_error$|upstream_cx_connect_fail$|upstream_rq_pending_overflow$';

/** Reads an Envoy's config and the counters of its failures. */
export async function gatherEnvoy(at: HostPort, signal: AbortSignal): Promise<EnvoyFacts> {
  const where = hostPort(at);
  const [dump, stats] = await Promise.all([
    fetchPage(at, '/config_dump', { signal }),
    fetchPage(at, `/stats?filter=${encodeURIComponent(STATS)}`, { signal }),
  ]);
  if (dump.kind === 'failed') return { kind: 'silent', where, problem: dump.problem };
  if (dump.status !== 200) return { kind: 'silent', where, problem: `/config_dump answers ${dump.status}` };
  const config = jsonOf(dump.body);
  return {
    kind: 'answers',
    filters: readExtProcs(config),
    chains: readFilterChains(config),
    clusters: readClusters(config),
    stats: stats.kind === 'page' ? readStats(stats.body.toString()) : new Map(),
  };
}

function readStats(text: string): EnvoyStats {
  const lines = text.split('\n').flatMap((line) => {
    const [, name, value] = /^(.+): (\d+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  return new Map(lines);
}
