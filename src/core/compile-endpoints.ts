import { formatAddress } from './address.ts';
import type { Member } from './members.ts';
import type { Address } from './names.ts';
import type { PoolObject } from './policy.ts';
import type { Endpoint } from './snapshot.ts';

/** The endpoints of a pool among all members. */
export interface EndpointsInput {
  readonly pool: PoolObject;
  readonly members: readonly Member[];
  /** True for the pool that takes the members without labels. */
  readonly isDefault: boolean;
  readonly slotOf: (address: Address) => number;
}

/** A pool's endpoints: one per port of each member that belongs to it, each address once. */
export function compileEndpoints(input: EndpointsInput): readonly Endpoint[] {
  const endpoints = new Map<Address, Endpoint>();
  for (const member of input.members.filter((candidate) => belongs(candidate, input))) {
    for (const address of addressesOf(member, input.pool)) {
      if (endpoints.has(address)) continue;
      endpoints.set(address, { slot: input.slotOf(address), address, name: member.name });
    }
  }
  return [...endpoints.values()];
}

/** A port that the member brings wins over the pool's. */
function addressesOf({ ip, port }: Member, pool: PoolObject): readonly Address[] {
  return (port === undefined ? pool.ports : [port]).map((each) => formatAddress(ip, each));
}

function belongs({ labels, namespace }: Member, { pool, isDefault }: EndpointsInput): boolean {
  if (labels === undefined) return isDefault;
  if (namespace !== undefined && namespace !== pool.meta.namespace) return false;
  return [...pool.selector].every(([key, value]) => labels.get(key) === value);
}
