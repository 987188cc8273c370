import { formatBytes } from '../report/format.ts';
import type { Sample } from './samples.ts';

interface Counted {
  readonly server: string;
  readonly failed: number;
}

/** One line for each reason for which requests of a server failed; none if all were answered. */
export function failureLines(samples: readonly Sample[], others: readonly Counted[]): readonly string[] {
  const loads = samples.flatMap(({ part, bodyBytes, server, failures }) =>
    Object.entries(failures).map(
      ([reason, count]) =>
        `${server}, ${part}, ${formatBytes(bodyBytes)}: ${count} requests failed: ${reason}`,
    ),
  );
  const rest = others.filter(({ failed }) => failed > 0);
  return [...loads, ...rest.map(({ server, failed }) => `${server}, memory: ${failed} requests failed`)];
}
