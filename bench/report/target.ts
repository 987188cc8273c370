import { markdownTable } from './table.ts';

/** One figure that Serin is held to. */
export interface Target {
  /** What was done. */
  readonly work: string;
  /** What was measured, in words and digits: `0.52 × floor`. */
  readonly found: string;
  /** What it may be: `≤ 0.6 × floor`. */
  readonly wanted: string;
  readonly holds: boolean;
}

/** The targets as a Markdown table. */
export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ work, found, wanted, holds }) => [
    work,
    found,
    wanted,
    holds ? 'yes' : '**no**',
  ]);
  return markdownTable(['work', 'found', 'target', 'holds'], rows, 4);
}
