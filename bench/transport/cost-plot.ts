import { formatBytes } from '../report/format.ts';
import { drawPlot } from '../report/plot.ts';
import type { Look } from '../report/svg.ts';
import type { ServerName } from '../servers/kinds.ts';
import { SERVERS } from '../servers/kinds.ts';
import type { LoadPart, Row } from './samples.ts';

/**
 * A colour for each transport, and dashes for the picker on it; colour-blind readers can tell them apart (the
 * colours of Okabe and Ito).
 */
const LOOKS: { readonly [server in ServerName]: Look } = {
  native: { colour: '#0072b2', dashed: false },
  'grpc-js': { colour: '#d55e00', dashed: false },
  floor: { colour: '#000000', dashed: false },
  'floor-wide': { colour: '#999999', dashed: false },
  'serin-native': { colour: '#0072b2', dashed: true },
  'serin-grpc-js': { colour: '#d55e00', dashed: true },
  peer: { colour: '#009e73', dashed: true },
};

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
