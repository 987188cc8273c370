import { DESTINATION_HEADER } from '../extproc/keys.ts';
import type { ClusterFact } from './envoy-clusters.ts';
import type { ExtProcFact } from './envoy-facts.ts';
import type { FilterChainFact } from './filter-chains.ts';
import { type Finding, findingsOf } from './finding.ts';

/** What decides how far a destination header of a client gets. */
export interface ClientHeaderFacts {
  readonly chains: readonly FilterChainFact[];
  readonly filters: readonly ExtProcFact[];
  readonly clusters: Iterable<ClusterFact>;
}

const { ok, warning, fault } = findingsOf('client header');

const FIX = `remove ${DESTINATION_HEADER} from requests in a header_mutation filter before ext_proc`;

/** Says whether a client could name its own destination. */
export function checkClientHeader({ chains, filters, clusters }: ClientHeaderFacts): readonly Finding[] {
  const asking = chains.filter(({ asks }) => asks);
  if (asking.length === 0) return [];
  if (asking.every(({ strips }) => strips)) {
    return [ok(`${DESTINATION_HEADER} of a client is removed before Serin is asked`)];
  }
  const followsHeader = [...clusters].some(({ destination }) => destination?.kind === 'original-dst');
  if (followsHeader && filters.some(({ failureModeAllow }) => failureModeAllow)) {
    return [
      fault(
        `${DESTINATION_HEADER} of a client is not removed, and without Serin Envoy connects to the address in it, whatever it is`,
        `${FIX}, and failure_mode_allow: false`,
      ),
    ];
  }
  return [
    warning(
      `${DESTINATION_HEADER} of a client is not removed before Serin is asked, so Serin alone keeps it from leading anywhere`,
      FIX,
    ),
  ];
}
