import { parseAddress, parseIp } from './address.ts';
import type { ExclusionReason } from './explanation.ts';
import type { LoadView } from './load-view.ts';
import type { TargetName } from './names.ts';
import type { Endpoint } from './snapshot.ts';

/** What makes a pod a candidate for one request. */
export interface CandidateInput {
  /** Undefined if any pod may serve the request. */
  readonly target: TargetName | undefined;
  /** The proxy's subset hint as sent; undefined means the whole pool. */
  readonly subset: readonly string[] | undefined;
  readonly load: LoadView;
}

/** Tells whether a pod may get a request: alive, in the subset, and not known to lack the target. */
export function candidateFilter(input: CandidateInput): (endpoint: Endpoint) => boolean {
  const excluded = exclusionFinder(input);
  return (endpoint) => excluded(endpoint) === undefined;
}

/** Tells why a pod may not get a request; undefined if it may. */
export function exclusionFinder({
  target,
  subset,
  load,
}: CandidateInput): (endpoint: Endpoint) => ExclusionReason | undefined {
  const allowed = subset === undefined ? undefined : new Set(subset.map(canonical));
  return ({ slot, address }) => {
    if (load.freshness[slot] === 'dead') return 'dead';
    if (allowed !== undefined && !allowed.has(address) && !allowed.has(ipOf(address)))
      return 'outside_subset';
    const models = target === undefined ? undefined : load.models[slot];
    return models === undefined || target === undefined || models.has(target) ? undefined : 'lacks_target';
  };
}

/** An entry without a port stands for all ports of its pod; what is no address matches nothing. */
function canonical(entry: string): string {
  return parseAddress(entry) ?? parseIp(entry) ?? '';
}

function ipOf(address: string): string {
  const ip = address.slice(0, address.lastIndexOf(':'));
  return ip.startsWith('[') ? ip.slice(1, -1) : ip;
}
