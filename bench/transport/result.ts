import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../report/machine.ts';
import { drawCosts } from './cost-plot.ts';
import type { MemoryRow } from './memory.ts';
import type { TransportOptions } from './options.ts';
import type { Row } from './samples.ts';
import type { SoakRow } from './soak.ts';
import type { TargetRow } from './targets.ts';

/** All that a run found; written as JSON. */
export interface TransportResult {
  readonly at: string;
  readonly machine: Machine;
  readonly options: TransportOptions;
  readonly rows: readonly Row[];
  readonly targets: readonly TargetRow[];
  readonly memory: readonly MemoryRow[];
  readonly soak: readonly SoakRow[];
}

/** Writes `transport.json` and, where costs were measured, `transport.svg`; resolves with their paths. */
export async function writeResult(result: TransportResult): Promise<readonly string[]> {
  const { out } = result.options;
  await mkdir(out, { recursive: true });
  const picture = drawCosts(result.rows);
  const files = new Map([[join(out, 'transport.json'), `${JSON.stringify(result, undefined, 2)}\n`]]);
  if (picture !== undefined) files.set(join(out, 'transport.svg'), picture);
  for (const [path, text] of files) await writeFile(path, text);
  return [...files.keys()];
}
