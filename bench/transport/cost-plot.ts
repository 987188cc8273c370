import { formatBytes } from '../report/format.ts';
import { drawPlot } from '../report/plot.ts';
import type { ServerName } from '../servers/kinds.ts';
import { SERVERS } from '../servers/kinds.ts';
import { LOOKS } from '../servers/looks.ts';
import type { LoadPart, Row } from './samples.ts';

/** At a rate a machine that is idle between requests wakes up for each, which is another cost. */
const PLOTTED: readonly LoadPart[] = ['direct', 'envoy'];

/** Draws what a request costs against its body's size; undefined where neither panel was measured. */
export function drawCosts(rows: readonly Row[]): string | undefined {
  const parts = PLOTTED.filter((part) => rows.some((row) => row.part === part));
  if (parts.length === 0) return undefined;
  return drawPlot({
    title: 'CPU of the picker for one request',
    xLabel: 'request body',
    yLabel: 'CPU time in µs, log scale',
    formatX: formatBytes,
    panels: parts.map((part) => ({
      title: part === 'direct' ? 'driven directly' : 'behind Envoy',
      series: (Object.keys(SERVERS) as ServerName[]).flatMap((server) => {
        const points = rows
          .filter((row) => row.part === part && row.server === server)
          .map((row) => [row.bodyBytes, row.cpuUsPerRequest] as const);
        return points.length === 0 ? [] : [{ label: SERVERS[server].label, look: LOOKS[server], points }];
      }),
    })),
  });
}
