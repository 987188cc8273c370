import { STANDING } from '../core/load-view.ts';

/** For each adapter, where it is on each pod; see `STANDING`. */
export interface StandingColumns {
  /** By slot; empty for an adapter that no pod has used lately. */
  readonly of: (adapter: string) => Uint8Array;
  readonly set: (adapter: string, slot: number, standing: number) => void;
}

interface Column {
  standings: Uint8Array;
  /** Slots on which the adapter is not away. */
  holders: number;
}

const NOWHERE = new Uint8Array(0);
const LEAST_SLOTS = 16;

/**
 * Creates columns without adapters. They are bytes by slot, and not sets of names by pod, since a pick reads one
 * adapter's standing on all pods.
 */
export function createStandingColumns(): StandingColumns {
  const columns = new Map<string, Column>();

  function columnOf(adapter: string, slot: number): Column {
    const column = columns.get(adapter) ?? { standings: NOWHERE, holders: 0 };
    columns.set(adapter, column);
    if (slot >= column.standings.length) {
      const wider = new Uint8Array(Math.max(LEAST_SLOTS, 2 ** Math.ceil(Math.log2(slot + 1))));
      wider.set(column.standings);
      column.standings = wider;
    }
    return column;
  }

  return {
    of: (adapter) => columns.get(adapter)?.standings ?? NOWHERE,
    set: (adapter, slot, standing) => {
      if ((columns.get(adapter)?.standings[slot] ?? STANDING.away) === standing) return;
      const column = columnOf(adapter, slot);
      const before = column.standings[slot];
      column.standings[slot] = standing;
      if (before === STANDING.away) column.holders += 1;
      if (standing === STANDING.away) column.holders -= 1;
      if (column.holders === 0) columns.delete(adapter);
    },
  };
}
