/** Rows of counts, one for each tick of a clock; a row is let go when the ring has gone round. */
export interface Ring {
  /** The row of a tick that is not before the latest one asked for. */
  readonly row: (tick: number) => Uint32Array;
  /** The sums of the `ticks` rows that end with `last`, that one included. */
  readonly sum: (last: number, ticks: number) => readonly number[];
  /** The latest tick that was asked for. */
  readonly latest: () => number;
}

/** Creates a ring that remembers `ticks` rows of `width` counts. */
export function createRing(ticks: number, width: number): Ring {
  // Filled, since the system gives no memory to what nobody has written to, and it is all of use in time.
  const counts = new Uint32Array(ticks * width).fill(0);
  const rows = Array.from({ length: ticks }, (_, index) =>
    counts.subarray(index * width, (index + 1) * width),
  );
  /** The tick that a row holds the counts of. */
  const held = new Array<number>(ticks).fill(-1);
  let latest = -1;

  return {
    row: (tick) => {
      const index = tick % ticks;
      const row = rows[index] ?? counts;
      if (held[index] !== tick) {
        row.fill(0);
        held[index] = tick;
      }
      latest = tick;
      return row;
    },
    sum: (last, asked) => {
      const within = rows.filter((_, index) => isWithin(held[index] ?? -1, last, asked));
      return Array.from({ length: width }, (_, column) =>
        within.reduce((sum, row) => sum + (row[column] ?? 0), 0),
      );
    },
    latest: () => latest,
  };
}

function isWithin(tick: number, last: number, ticks: number): boolean {
  return tick >= 0 && tick <= last && tick > last - ticks;
}
