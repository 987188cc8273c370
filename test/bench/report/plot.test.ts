import { expect, test } from 'vitest';
import { drawPlot } from '../../../bench/report/plot.ts';

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
          points: [
            [1, 10],
            [100, 1000],
          ] as const,
        },
        {
          label: 'b',
          points: [
            [1, 20],
            [100, 400],
          ] as const,
        },
      ],
    },
    { title: 'right', series: [{ label: 'b', points: [[10, 30]] as const }] },
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

test('both axes are logarithmic, and a label has one colour in all panels', () => {
  const lines = [...drawPlot(plot).matchAll(/<polyline points="([^"]*)" fill="none" stroke="([^"]*)"/g)];
  const [a, , b] = lines.map(([, points = '', colour]) => ({
    points: points.split(' ').map((point) => point.split(',').map(Number)),
    colour,
  }));
  // The panels are 430 wide, from 70 and from 550 on, and sizes begin 20 from the left; heights are 380 to 60.
  expect(a?.points).toEqual([
    [90, 380],
    [480, 60],
  ]);
  expect(b?.points).toEqual([[765, 303.7]]);
  expect(lines.map(([, , colour]) => colour)).toEqual([
    '#000000',
    '#7f7f7f',
    '#7f7f7f',
    '#000000',
    '#7f7f7f',
  ]);
});
