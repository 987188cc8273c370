import { parseAddress, parseIp } from './address.ts';
import type { ExclusionReason } from './explanation.ts';
import type { LoadView, ModelKind } from './load-view.ts';
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
  const exclusionOf = createExclusion(input);
  return (endpoint) => exclusionOf(endpoint) === undefined;
}

/** Tells why a pod may not get a request; undefined if it may. */
export function createExclusion(input: CandidateInput): (endpoint: Endpoint) => ExclusionReason | undefined {
  const { subset, load } = input;
  const allowed = subset === undefined ? undefined : new Set(subset.map(canonical));
  const serves = createServes(input);
  return ({ slot, address }) => {
    if (load.freshness[slot] === 'dead') return 'dead';
    if (allowed !== undefined && !isIn(allowed, address)) return 'outside_subset';
    return serves(slot) ? undefined : 'lacks_target';
  };
}

/** Tells whether a pod may serve the target; pods mostly share one list of models, so that it is asked once. */
function createServes({ target, load: { models } }: CandidateInput): (slot: number) => boolean {
  if (target === undefined) return () => true;
  let list: ReadonlyMap<string, ModelKind> | undefined;
  let serves = true;
  return (slot) => {
    const own = models[slot];
    if (own !== list) {
      list = own;
      serves = own === undefined || own.has(target);
    }
    return serves;
  };
}

function isIn(allowed: ReadonlySet<string>, address: string): boolean {
  return allowed.has(address) || allowed.has(ipOf(address));
}

/** An entry without a port stands for all ports of its pod; what is no address matches nothing. */
function canonical(entry: string): string {
  return parseAddress(entry) ?? parseIp(entry) ?? '';
}

function ipOf(address: string): string {
  const ip = address.slice(0, address.lastIndexOf(':'));
  return ip.startsWith('[') ? ip.slice(1, -1) : ip;
}
