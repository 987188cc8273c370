/** A panel with what Prometheus answered. */
export interface DrawnPanel {
  readonly title: string;
  readonly unit?: string;
  readonly queries: readonly DrawnQuery[];
}

interface DrawnQuery {
  /** With labels in double braces. */
  readonly legend: string;
  readonly series: readonly DrawnSeries[];
}

interface DrawnSeries {
  readonly labels: { readonly [name: string]: string };
  readonly points: readonly DrawnPoint[];
}

interface DrawnPoint {
  readonly atS: number;
  readonly value: number | null;
}

interface Line {
  readonly name: string;
  readonly points: readonly { readonly atS: number; readonly value: number }[];
}

const COLUMNS = 2;
const WIDTH = 580;
const HEIGHT = 250;
const PLOT = { left: 56, top: 34, width: WIDTH - 72, height: 120 };
const COLOURS = ['#1f77b4', '#d95f02', '#2ca02c', '#9467bd', '#8c564b', '#e377c2', '#7f7f7f', '#bcbd22'];
/** Lines of one legend entry each; more of them would leave the panel. */
const LEGEND = { top: 186, row: 14, column: 170, rows: 4 };

/** Draws panels, two in a row, as one SVG picture. */
export function drawDashboard(title: string, panels: readonly DrawnPanel[]): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const size = { width: COLUMNS * WIDTH + 20, height: rows * HEIGHT + 50 };
  const drawn = panels.map((panel, index) => {
    const x = 10 + (index % COLUMNS) * WIDTH;
    const y = 44 + Math.floor(index / COLUMNS) * HEIGHT;
    return `<g transform="translate(${x} ${y})">${drawPanel(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="16" y="28" font-size="18" fill="#222">${escaped(title)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, unit, queries }: DrawnPanel): string {
  // In the order of their names a target has one colour in all panels that show nothing else.
  const lines = queries.flatMap(linesOf).sort((one, other) => one.name.localeCompare(other.name));
  const times = lines.flatMap(({ points }) => points.map(({ atS }) => atS));
  const fromS = Math.min(...times);
  const toS = Math.max(...times);
  const top = niceAbove(Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value)), 0));
  const x = (atS: number) => PLOT.left + ((atS - fromS) / Math.max(toS - fromS, 1)) * PLOT.width;
  const y = (value: number) => PLOT.top + (1 - value / top) * PLOT.height;
  const grid = [0, 0.5, 1].map((share) => {
    const at = rounded(y(share * top));
    const end = PLOT.left + PLOT.width;
    return `<path d="M${PLOT.left} ${at}H${end}" stroke="#ddd"/><text x="${PLOT.left - 6}" y="${at + 4}" text-anchor="end" fill="#666">${formatValue(share * top, unit)}</text>`;
  });
  const curves = lines.map(({ points }, index) => {
    const path = points.map(({ atS, value }) => `${rounded(x(atS))},${rounded(y(value))}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${colourOf(index)}" stroke-width="1.5"/>`;
  });
  const seconds = Math.round(toS - fromS);
  return [
    `<rect x="2" y="2" width="${WIDTH - 8}" height="${HEIGHT - 8}" rx="4" fill="none" stroke="#ccc"/>`,
    `<text x="14" y="22" font-size="13" fill="#222">${escaped(title)}</text>`,
    ...grid,
    ...curves,
    `<text x="${PLOT.left}" y="${PLOT.top + PLOT.height + 14}" fill="#666">0 s</text>`,
    `<text x="${PLOT.left + PLOT.width}" y="${PLOT.top + PLOT.height + 14}" text-anchor="end" fill="#666">${seconds} s</text>`,
    ...lines.map(({ name }, index) => legendEntry(name, index)),
  ].join('');
}

function legendEntry(name: string, index: number): string {
  const x = 20 + Math.floor(index / LEGEND.rows) * LEGEND.column;
  const y = LEGEND.top + (index % LEGEND.rows) * LEGEND.row;
  return `<path d="M${x} ${y}h14" stroke="${colourOf(index)}" stroke-width="3"/><text x="${x + 20}" y="${y + 4}" fill="#333">${escaped(name)}</text>`;
}

function linesOf({ legend, series }: DrawnQuery): readonly Line[] {
  return series.map(({ labels, points }) => ({
    name: legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? ''),
    points: points.flatMap(({ atS, value }) =>
      value === null || !Number.isFinite(value) ? [] : [{ atS, value }],
    ),
  }));
}

/** 1, 2 or 5 times a power of ten, at least as much as the value. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

function formatValue(value: number, unit: string | undefined): string {
  switch (unit) {
    case 'percentunit':
      return `${rounded(value * 100)} %`;
    case 's':
      return value === 0 || value >= 1 ? `${rounded(value)} s` : milliseconds(value * 1000);
    case 'reqps':
      return `${rounded(value)}/s`;
    default:
      return `${rounded(value)}`;
  }
}

function milliseconds(value: number): string {
  return value >= 1 ? `${rounded(value)} ms` : `${rounded(value * 1000)} µs`;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000';
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
