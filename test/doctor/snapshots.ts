import { compile } from '../../src/core/compile.ts';
import type { Member } from '../../src/core/members.ts';
import type { PoolKey } from '../../src/core/names.ts';
import type { PolicyObject } from '../../src/core/policy.ts';

/** The snapshot and conflicts of some objects and members. */
export function compiled(
  objects: readonly PolicyObject[],
  members: readonly Member[] = [],
  poolName?: PoolKey,
) {
  const slots = new Map<string, number>();
  const slotOf = (address: string) => {
    if (!slots.has(address)) slots.set(address, slots.size);
    return slots.get(address) ?? 0;
  };
  return compile({ objects, members, poolName, slotOf, version: 1, overlay: new Map() });
}
