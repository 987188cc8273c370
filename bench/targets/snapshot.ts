import { formatNumber } from '../report/format.ts';
import type { Target } from '../report/target.ts';
import { measureSnapshots } from '../snapshot/measure.ts';

const ENDPOINTS = 1000;
const EFFORT = { rounds: 31, turnMs: 10 };
const MOST_MS = 5;

/** How long a snapshot of a large pool takes to be made anew when one of its endpoints has changed. */
export function measureSnapshot(): readonly Target[] {
  const [row] = measureSnapshots([ENDPOINTS], EFFORT);
  const ms = (row?.us ?? Number.NaN) / 1000;
  return [
    {
      work: `snapshot rebuild, ${ENDPOINTS} endpoints`,
      found: `${formatNumber(ms)} ms`,
      wanted: `≤ ${MOST_MS} ms`,
      holds: ms <= MOST_MS,
    },
  ];
}
