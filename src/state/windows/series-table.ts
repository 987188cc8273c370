import { createNameTree } from '../../core/name-tree.ts';
import { createRing, type Ring } from './ring.ts';
import { TALLY_WIDTH } from './tally.ts';
import type { SeriesName } from './window.ts';

/** A series with its rows of counts. */
export interface CountedSeries extends SeriesName {
  readonly ring: Ring;
}

/** The series that were counted lately, no more than a limit. */
export interface SeriesTable {
  /** The rows of a series; of the pool's rest if there are too many. */
  readonly find: (name: SeriesName, tick: number) => Ring;
  readonly all: () => readonly CountedSeries[];
}

/** What a series table is built from. */
export interface SeriesTableOptions {
  /** The rest of each pool comes on top. */
  readonly max: number;
  /** How many ticks are remembered. */
  readonly ticks: number;
}

/** Creates a table without a series. */
export function createSeriesTable({ max, ticks }: SeriesTableOptions): SeriesTable {
  const byName = createNameTree<CountedSeries>();
  let all: readonly CountedSeries[] = [];
  /** How many of them are no rest of a pool. */
  let named = 0;
  let sweptAt = -1;

  function create({ pool, model, target }: SeriesName): Ring {
    const series = { pool, model, target, ring: createRing(ticks, TALLY_WIDTH) };
    all = [...all, series];
    named += isRest(series) ? 0 : 1;
    byName.put(series, series);
    return series.ring;
  }

  /** Lets go of what no window reaches back to; that takes long, and once a tick is often enough. */
  function sweep(tick: number): void {
    if (sweptAt === tick) return;
    sweptAt = tick;
    all = all.filter(({ ring }) => ring.latest() > tick - ticks);
    named = all.filter((series) => !isRest(series)).length;
    byName.clear();
    for (const series of all) byName.put(series, series);
  }

  function isFull(tick: number): boolean {
    if (named >= max) sweep(tick);
    return named >= max;
  }

  function find(name: SeriesName, tick: number): Ring {
    const known = byName.find(name.pool, name.model, name.target);
    if (known !== undefined) return known.ring;
    if (isRest(name) || !isFull(tick)) return create(name);
    return find({ pool: name.pool, model: undefined, target: undefined }, tick);
  }

  return { find, all: () => all };
}

function isRest({ model, target }: SeriesName): boolean {
  return model === undefined && target === undefined;
}
