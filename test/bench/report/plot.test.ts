import { expect, test } from 'vitest';
import { drawPlot } from '../../../bench/report/plot.ts';

const A = { colour: '#111111', dashed: false };
const B = { colour: '#222222', dashed: true };
const plot = {
  title: 'Cost & size',
  xLabel: 'size',
  yLabel: 'µs',
  formatX: (value: number) => `${value} B`,
  panels: [
    {
      title: 'left <one>',
      series: [
        {
          label: 'a',
          look: A,
          points: [
            [1, 10],
            [100, 1000],
          ] as const,
        },
        {
          label: 'b',
          look: B,
          points: [
            [1, 20],
            [100, 400],
          ] as const,
        },
      ],
    },
    { title: 'right', series: [{ label: 'b', look: B, points: [[10, 30]] as const }] },
  ],
};

test('has its titles, axes, ticks and one legend entry for each label, escaped', () => {
  const texts = [...drawPlot(plot).matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  const ticks = ['10', '20', '50', '100', '200', '500', '1000'];
  const sizes = ['1 B', '10 B', '100 B'];
  expect(texts).toEqual([
    'Cost &amp; size',
    'left &lt;one&gt;',
    ...ticks,
    ...sizes,
    'size',
    'right',
    ...ticks,
    ...sizes,
    'size',
    'µs',
    'a',
    'b',
  ]);
});

test('both axes are logarithmic', () => {
  const lines = [...drawPlot(plot).matchAll(/<polyline points="([^"]*)"/g)];
  const [a, , b] = lines.map(([, points = '']) =>
    points.split(' ').map((point) => point.split(',').map(Number)),
  );
  // The panels are 430 wide, from 70 and from 560 on, and sizes begin 20 from the left; heights are 380 to 60.
  expect(a).toEqual([
    [90, 380],
    [480, 60],
  ]);
  expect(b).toEqual([[775, 303.7]]);
});

test('a label looks the same in all panels and in the legend', () => {
  const lines = [...drawPlot(plot).matchAll(/<polyline [^>]* stroke="([^"]*)" stroke-width="2"([^>]*)\/>/g)];
  const solid = ['#111111', ''];
  const dashed = ['#222222', ' stroke-dasharray="7 4"'];
  expect(lines.map(([, ...look]) => look)).toEqual([solid, dashed, dashed, solid, dashed]);
});

test('ticks may be round numbers, and labels that would touch the one before are left out', () => {
  const series = [{ label: 'a', look: A, points: [10, 11, 13, 95].map((x) => [x, 1] as const) }];
  const labels = (more: object) => {
    const drawn = drawPlot({ ...plot, ...more, panels: [{ title: 'one', series }] });
    return [...drawn.matchAll(/>(\d+ B)</g)].map(([, label]) => label);
  };
  expect(labels({})).toEqual(['10 B', '13 B', '95 B']);
  expect(labels({ roundX: true })).toEqual(['10 B', '20 B', '50 B', '100 B']);
});

test('a value that a logarithmic axis has no place for is a fault', () => {
  const series = [{ label: 'a', look: A, points: [[1, 0]] as const }];
  expect(() => drawPlot({ ...plot, panels: [{ title: 'one', series }] })).toThrow(
    '0 has no place on a logarithmic axis',
  );
});
