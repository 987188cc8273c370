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
  /** Whether ticks of x are round numbers; otherwise they are the values themselves. */
  readonly roundX?: boolean;
  readonly panels: readonly Panel[];
}

const PANEL = { width: 430, height: 320, left: 70, gap: 60, top: 60 };
const LEGEND_ROW = 20;
const LEGEND_COLUMN = 330;
/** About as wide as a letter of the font. */
const LETTER_WIDTH = 7.5;
const LEGEND_TOP = PANEL.top + PANEL.height + 70;

/** Draws panels side by side with a legend below. */
export function drawPlot(plot: Plot): string {
  const looks = new Map(plot.panels.flatMap(({ series }) => series.map(({ label, look }) => [label, look])));
  const points = plot.panels.flatMap(({ series }) => series.flatMap((each) => each.points));
  const values = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const xs = plot.roundX === true ? decades(values) : values;
  const yTicks = decades(points.map(([, y]) => y));
  const width = PANEL.left + plot.panels.length * (PANEL.width + PANEL.gap);
  const columns = Math.min(2, plot.panels.length);
  const height = LEGEND_TOP + Math.ceil(looks.size / columns) * LEGEND_ROW + 10;
  const panels = plot.panels.map((panel, at) => {
    const left = PANEL.left + at * (PANEL.width + PANEL.gap);
    const x = scale(xs, left + 20, left + PANEL.width - 20);
    const y = scale(yTicks, PANEL.top + PANEL.height, PANEL.top);
    return drawPanel(panel, { plot, left, x, y, xs, yTicks });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escapeText(plot.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(width / 2, 24, plot.title, 'middle', 'font-size="16"'),
    ...panels,
    `<g transform="translate(18 ${PANEL.top + PANEL.height / 2}) rotate(-90)">${text(0, 0, plot.yLabel, 'middle')}</g>`,
    ...[...looks].flatMap(([label, look], at) =>
      drawLegend(label, look, [at % columns, Math.floor(at / columns)]),
    ),
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
  const shown = withRoom(xs.map((tick) => ({ at: x(tick), label: plot.formatX(tick) })));
  const columns = [
    ...xs.map((tick) => line([x(tick), PANEL.top], [x(tick), bottom], '#eeeeee')),
    ...shown.map(({ at, label }) => text(at, bottom + 18, label, 'middle')),
  ];
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

interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Ticks whose labels do not touch the one before. */
function withRoom(ticks: readonly Tick[]): readonly Tick[] {
  const shown: Tick[] = [];
  for (const tick of ticks) {
    const last = shown.at(-1);
    const halves = (((last?.label.length ?? 0) + tick.label.length) / 2) * LETTER_WIDTH;
    if (last === undefined || tick.at - last.at > halves + LETTER_WIDTH) shown.push(tick);
  }
  return shown;
}

function drawLegend(label: string, look: Look, [column, row]: readonly [number, number]): readonly string[] {
  const left = PANEL.left + column * LEGEND_COLUMN;
  const middle = LEGEND_TOP + row * LEGEND_ROW;
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

/** 1, 2 and 5 times the powers of ten that enclose some values; throws where there is no such thing. */
function decades(values: readonly number[]): readonly number[] {
  const ticks: number[] = [];
  const odd = values.find((value) => !(value > 0 && Number.isFinite(value)));
  if (odd !== undefined) throw new Error(`${odd} has no place on a logarithmic axis`);
  const least = Math.min(...values);
  const most = Math.max(...values);
  for (let power = 10 ** Math.floor(Math.log10(least)); power <= most * 10; power *= 10) {
    ticks.push(power, 2 * power, 5 * power);
  }
  const first = ticks.findLastIndex((tick) => tick <= least);
  const last = ticks.findIndex((tick) => tick >= most);
  return ticks.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
}
