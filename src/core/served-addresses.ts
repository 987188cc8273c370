import type { Address } from './names.ts';
import type { Snapshot } from './snapshot.ts';

/** The addresses of all endpoints of all pools. */
export function servedAddresses({ pools }: Pick<Snapshot, 'pools'>): ReadonlySet<Address> {
  return new Set([...pools.values()].flatMap(({ byAddress }) => [...byAddress.keys()]));
}
