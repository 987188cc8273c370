import { escapeText, type Look, line, polyline, type Scale, text } from './svg.ts';

/** One line of a plot; the same label looks the same in all panels. */
export interface Series {
  readonly label: string;
  readonly look: Look;
  readonly points: readonly (readonly [number, number])[];
}

/** One panel: its own title and lines; all panels share the axes. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

/** What a plot shows; both axes are logarithmic. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly formatX: (value: number) => string;
  readonly panels: readonly Panel[];
}

const PANEL = { width: 430, height: 320, left: 70, gap: 50, top: 60 };
const LEGEND_ROW = 20;
const LEGEND_TOP = PANEL.top + PANEL.height + 70;

/** Draws panels side by side with a legend below. */
export function drawPlot(plot: Plot): string {
  const looks = new Map(plot.panels.flatMap(({ series }) => series.map(({ label, look }) => [label, look])));
  const points = plot.panels.flatMap(({ series }) => series.flatMap((each) => each.points));
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const yTicks = decades(points.map(([, y]) => y));
  const width = PANEL.left + plot.panels.length * (PANEL.width + PANEL.gap);
  const height = LEGEND_TOP + Math.ceil(looks.size / 2) * LEGEND_ROW + 10;
  const panels = plot.panels.map((panel, at) => {
    const left = PANEL.left + at * (PANEL.width + PANEL.gap);
    const x = scale(xs, left + 20, left + PANEL.width - 20);
    const y = scale(yTicks, PANEL.top + PANEL.height, PANEL.top);
    return drawPanel(panel, { plot, left, x, y, xs, yTicks });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escapeText(plot.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(width / 2, 24, plot.title, 'middle', 'font-size="16"'),
    ...panels,
    `<g transform="translate(18 ${PANEL.top + PANEL.height / 2}) rotate(-90)">${text(0, 0, plot.yLabel, 'middle')}</g>`,
    ...[...looks].flatMap(([label, look], at) => drawLegend(label, look, at)),
    '</svg>\n',
  ].join('\n');
}

interface Frame {
  readonly plot: Plot;
  readonly left: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly xs: readonly number[];
  readonly yTicks: readonly number[];
}

function drawPanel(panel: Panel, { plot, left, x, y, xs, yTicks }: Frame): string {
  const right = left + PANEL.width;
  const bottom = PANEL.top + PANEL.height;
  const rows = yTicks.flatMap((tick) => [
    line([left, y(tick)], [right, y(tick)], '#dddddd'),
    text(left - 6, y(tick) + 4, String(tick), 'end'),
  ]);
  const columns = xs.flatMap((tick) => [
    line([x(tick), PANEL.top], [x(tick), bottom], '#eeeeee'),
    text(x(tick), bottom + 18, plot.formatX(tick), 'middle'),
  ]);
  const lines = panel.series.map(({ look, points }) =>
    polyline(
      points.map(([px, py]) => [x(px), y(py)] as const),
      look,
    ),
  );
  return [
    text((left + right) / 2, PANEL.top - 10, panel.title, 'middle', 'font-weight="bold"'),
    ...rows,
    ...columns,
    line([left, bottom], [right, bottom], 'black'),
    line([left, PANEL.top], [left, bottom], 'black'),
    ...lines,
    text((left + right) / 2, bottom + 40, plot.xLabel, 'middle'),
  ].join('\n');
}

function drawLegend(label: string, look: Look, at: number): readonly string[] {
  const left = PANEL.left + (at % 2) * 330;
  const middle = LEGEND_TOP + Math.floor(at / 2) * LEGEND_ROW;
  const sample = polyline(
    [
      [left, middle],
      [left + 30, middle],
    ],
    look,
  );
  return [sample, text(left + 38, middle + 4, label, 'start')];
}

/** A logarithmic scale from the least to the largest of some values. */
function scale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.log(Math.min(...values));
  const span = Math.log(Math.max(...values)) - low || 1;
  return (value) => from + ((Math.log(value) - low) / span) * (to - from);
}

/** 1, 2 and 5 times the powers of ten that enclose some values. */
function decades(values: readonly number[]): readonly number[] {
  const ticks: number[] = [];
  const least = Math.min(...values);
  const most = Math.max(...values);
  for (let power = 10 ** Math.floor(Math.log10(least)); power <= most * 10; power *= 10) {
    ticks.push(power, 2 * power, 5 * power);
  }
  const first = ticks.findLastIndex((tick) => tick <= least);
  const last = ticks.findIndex((tick) => tick >= most);
  return ticks.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
}
