import { createLineBlocks } from './line-blocks.ts';
import {
  FAMILIES,
  type Family,
  figuresOf,
  type LoadFigures,
  type Reading,
  startReading,
  takerOf,
} from './parse-metrics.ts';
import { findSeries, readGroup, readSeries } from './read-series.ts';

/** One page of a server while it arrives. */
export interface PageReading {
  /** Takes the next piece, which may be overwritten afterwards. */
  readonly take: (piece: Buffer) => void;
  /** Ends the page; `moved` if its families do not stand as in the last one, so that it has to be read anew. */
  readonly end: () => LoadFigures | 'moved';
}

/** A family that a server began to show is found at the latest after so many pages. */
const SEARCH_EVERY = 16;

/** Takes whole lines of a page. */
type OnLines = (lines: Buffer) => void;

/**
 * Creates a reader of one server's pages, one after the other. Once two pages had the families in the same
 * order, a page is gone through once, from one wanted family to the next, and nothing is read behind the last
 * of them. Now and then, and while no order is known, all of them are searched for in the whole page.
 */
export function createMetricsReader(): () => PageReading {
  /** The families that the last search found, as they follow each other. */
  let found: readonly Family[] = [];
  let isOrderKnown = false;
  let pages = 0;

  function startSearch(): PageReading {
    const reading = startReading();
    const search = createSearch(reading);
    const blocks = createLineBlocks(search.onLines);
    return {
      take: blocks.take,
      end: () => {
        blocks.end();
        const before = found;
        found = search.found();
        isOrderKnown = found.length > 0 && isSameList(found, before);
        return figuresOf(reading);
      },
    };
  }

  function startWalk(): PageReading {
    const reading = startReading();
    const walk = createWalk(found, reading);
    const blocks = createLineBlocks(walk.onLines);
    return {
      take: (piece) => {
        if (!walk.isOver()) blocks.take(piece);
      },
      end: () => {
        if (!walk.isOver()) blocks.end();
        if (walk.isComplete()) return figuresOf(reading);
        found = [];
        isOrderKnown = false;
        return 'moved';
      },
    };
  }

  return () => {
    pages += 1;
    return isOrderKnown && pages % SEARCH_EVERY !== 0 ? startWalk() : startSearch();
  };
}

/** Searches for every family in all lines, and notes in which order they are found. */
function createSearch(reading: Reading) {
  const places = new Map<Family, number>();
  let passed = 0;
  const onLines: OnLines = (lines) => {
    for (const family of FAMILIES) {
      const at = readSeries(lines, family.name, takerOf(family, reading));
      if (at >= 0 && !places.has(family)) places.set(family, passed + at);
    }
    passed += lines.length;
  };
  return {
    onLines,
    found: () => [...places].sort(([, a], [, b]) => a - b).map(([family]) => family),
  };
}

function isSameList(a: readonly Family[], b: readonly Family[]): boolean {
  return a.length === b.length && a.every((family, at) => family === b[at]);
}

/** Goes from family to family in the order in which they are expected; each is one group of lines. */
function createWalk(order: readonly Family[], reading: Reading) {
  let index = 0;
  let isInside = false;

  function step(lines: Buffer, from: number): number {
    const family = order[index];
    const start = family === undefined ? -1 : isInside ? from : findSeries(lines, family.name, from);
    if (family === undefined || start < 0) return lines.length;
    isInside = true;
    const end = readGroup(lines, { family: family.name, from: start }, takerOf(family, reading));
    if (end < lines.length) {
      index += 1;
      isInside = false;
    }
    return end;
  }

  const onLines: OnLines = (lines) => {
    let at = 0;
    while (at < lines.length) at = step(lines, at);
  };
  return {
    onLines,
    isOver: () => index === order.length,
    isComplete: () => index === order.length || (isInside && index === order.length - 1),
  };
}
