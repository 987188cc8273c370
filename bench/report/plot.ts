import { escapeText, line, polyline, type Scale, text } from './svg.ts';

/** One line of a plot. */
export interface Series {
  readonly label: string;
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

/** Colours that colour-blind readers can tell apart (Okabe and Ito), in the order of the series. */
const COLOURS = ['#000000', '#7f7f7f', '#d55e00', '#0072b2', '#cc79a7', '#009e73', '#e69f00', '#56b4e9'];
const PANEL = { width: 430, height: 320, left: 70, gap: 50, top: 60 };
const LEGEND_ROW = 20;
const LEGEND_TOP = PANEL.top + PANEL.height + 70;

/** Draws panels side by side with a legend below. */
export function drawPlot(plot: Plot): string {
  const labels = [...new Set(plot.panels.flatMap(({ series }) => series.map(({ label }) => label)))];
  const colours = new Map(labels.map((label, at) => [label, COLOURS[at % COLOURS.length] ?? 'black']));
  const points = plot.panels.flatMap(({ series }) => series.flatMap((each) => each.points));
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const yTicks = decades(points.map(([, y]) => y));
  const width = PANEL.left + plot.panels.length * (PANEL.width + PANEL.gap);
  const height = LEGEND_TOP + Math.ceil(labels.length / 2) * LEGEND_ROW + 10;
  const panels = plot.panels.map((panel, at) => {
    const left = PANEL.left + at * (PANEL.width + PANEL.gap);
    const x = scale(xs, left + 20, left + PANEL.width - 20);
    const y = scale(yTicks, PANEL.top + PANEL.height, PANEL.top);
    return drawPanel(panel, { plot, left, x, y, xs, yTicks, colours });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escapeText(plot.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(width / 2, 24, plot.title, 'middle', 'font-size="16"'),
    ...panels,
    `<g transform="translate(18 ${PANEL.top + PANEL.height / 2}) rotate(-90)">${text(0, 0, plot.yLabel, 'middle')}</g>`,
    ...labels.flatMap((label, at) => drawLegend(label, at, colours.get(label) ?? 'black')),
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
  readonly colours: ReadonlyMap<string, string>;
}

function drawPanel(panel: Panel, { plot, left, x, y, xs, yTicks, colours }: Frame): string {
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
  const lines = panel.series.map(({ label, points }) =>
    polyline(
      points.map(([px, py]) => [x(px), y(py)] as const),
      colours.get(label) ?? 'black',
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

function drawLegend(label: string, at: number, colour: string): readonly string[] {
  const left = PANEL.left + (at % 2) * 330;
  const middle = LEGEND_TOP + Math.floor(at / 2) * LEGEND_ROW;
  const sample = polyline(
    [
      [left, middle],
      [left + 30, middle],
    ],
    colour,
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
