import type { MemoryRow } from './memory.ts';
import type { Row } from './samples.ts';
import type { SoakRow } from './soak.ts';
import type { TargetRow } from './targets.ts';

/** All that a run found. */
export interface TransportResult {
  /** What sent the requests of the part `envoy`. */
  readonly overHttp: string;
  readonly rows: readonly Row[];
  readonly targets: readonly TargetRow[];
  readonly memory: readonly MemoryRow[];
  readonly soak: readonly SoakRow[];
}
