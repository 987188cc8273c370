import { formatBytes, formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import type { Row } from '../transport/samples.ts';

/** What a request costs behind Envoy with another picker and with Serin, in the same rounds. */
export interface PeerRow {
  readonly bodyBytes: number;
  readonly floorUs: number;
  readonly serinUs: number;
  readonly peerUs: number;
}

const HEAD = ['body', 'floor µs', 'Serin µs', 'peer µs', 'Serin × floor', 'peer × floor', 'peer × Serin'];

/** The rows of a peer, by the size of bodies. */
export function peerRows(rows: readonly Row[]): readonly PeerRow[] {
  const of = (some: readonly Row[], server: Row['server']) =>
    some.find((row) => row.server === server)?.cpuUsPerRequest ?? Number.NaN;
  return [...Map.groupBy(rows, ({ bodyBytes }) => bodyBytes)].map(([bodyBytes, some]) => ({
    bodyBytes,
    floorUs: of(some, 'floor'),
    serinUs: of(some, 'serin-native'),
    peerUs: of(some, 'peer'),
  }));
}

/** The same as Markdown. */
export function peerTable(rows: readonly PeerRow[]): string {
  const cells = rows.map(({ bodyBytes, floorUs, serinUs, peerUs }) => [
    formatBytes(bodyBytes),
    ...[floorUs, serinUs, peerUs, serinUs / floorUs, peerUs / floorUs, peerUs / serinUs].map(formatNumber),
  ]);
  return `**CPU a request behind Envoy, full duplex**\n\n${markdownTable(HEAD, cells, 1)}`;
}
