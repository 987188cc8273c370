import type { Address } from '../core/names.ts';

/** Numbers endpoints, so that load can be kept in arrays: an address keeps its slot as long as it is served. */
export interface Slots {
  /** The address's slot; an address without one gets the slot that has been free for the longest time. */
  slotOf(address: Address): number;
  /** Frees the slots of all other addresses and returns them, to be reset before they are given out again. */
  retain(addresses: ReadonlySet<Address>): readonly number[];
}

/** Creates a numbering without addresses. */
export function createSlots(): Slots {
  const slots = new Map<Address, number>();
  const free: number[] = [];
  let size = 0;
  return {
    slotOf(address) {
      const known = slots.get(address);
      if (known !== undefined) return known;
      const slot = free.shift() ?? size++;
      slots.set(address, slot);
      return slot;
    },
    retain(addresses) {
      const gone = [...slots].filter(([address]) => !addresses.has(address));
      for (const [address] of gone) slots.delete(address);
      const freed = gone.map(([, slot]) => slot);
      free.push(...freed);
      return freed;
    },
  };
}
