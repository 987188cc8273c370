import type { Freshness, LoadFigures } from '../core/load-view.ts';
import { loadScore } from '../core/score.ts';

/** The figures of all endpoints with their writers; each write keeps the endpoint's score. */
export interface FigureTable extends LoadFigures {
  readonly loadScores: ArrayLike<number>;
  /** Takes over what a scrape shows; what it does not show is 0. */
  readonly scraped: (slot: number, sample: Figures) => void;
  readonly addSent: (slot: number, delta: number, prompts: number) => void;
  readonly setFreshness: (slot: number, freshness: Freshness) => void;
  /** Drops what was scraped. */
  readonly forget: (slot: number) => void;
  /** Drops everything. */
  readonly reset: (slot: number) => void;
}

/** What one scrape tells of a pod's load. */
export interface Figures {
  readonly waiting: number | undefined;
  readonly running: number | undefined;
  /** 0 to 1. */
  readonly kvUsage: number | undefined;
}

/** Creates a table without figures. */
export function createFigureTable(): FigureTable {
  const [waiting, running, kvUsage]: [number[], number[], number[]] = [[], [], []];
  const [batch, sent, sentPrompts]: [number[], number[], number[]] = [[], [], []];
  const freshness: Freshness[] = [];
  const figures = { waiting, running, kvUsage, batch, sent, sentPrompts, freshness };
  const loadScores: number[] = [];

  function rescore(slot: number): void {
    loadScores[slot] = loadScore(figures, slot);
  }

  function clear(slot: number, cleared: readonly number[][]): void {
    for (const each of cleared) each[slot] = 0;
    rescore(slot);
  }

  return {
    ...figures,
    loadScores,
    scraped: (slot, sample) => {
      waiting[slot] = sample.waiting ?? 0;
      running[slot] = sample.running ?? 0;
      kvUsage[slot] = sample.kvUsage ?? 0;
      if (waiting[slot] > 0) batch[slot] = Math.max(batch[slot] ?? 0, running[slot]);
      rescore(slot);
    },
    addSent: (slot, delta, prompts) => {
      sent[slot] = (sent[slot] ?? 0) + delta;
      // Fractions leave a rest that is none.
      sentPrompts[slot] = sent[slot] === 0 ? 0 : (sentPrompts[slot] ?? 0) + delta * prompts;
      rescore(slot);
    },
    setFreshness: (slot, state) => {
      freshness[slot] = state;
      // Another process may follow, whose batch is another.
      if (state === 'dead') batch[slot] = 0;
      rescore(slot);
    },
    forget: (slot) => clear(slot, [waiting, running, kvUsage]),
    reset: (slot) => {
      freshness[slot] = 'unknown';
      clear(slot, [waiting, running, kvUsage, batch, sent, sentPrompts]);
    },
  };
}
