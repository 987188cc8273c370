import { expect, test } from 'vitest';
import { drawDashboard } from '../../scripts/dashboards/draw-dashboard.ts';

const PANEL = {
  title: 'Errors <per> target',
  unit: 'percentunit',
  queries: [
    {
      legend: '{{target}} ({{role}})',
      series: [
        {
          labels: { target: 'a', role: 'stable' },
          points: [
            { atS: 100, value: 0 },
            { atS: 110, value: null },
            { atS: 120, value: 0.4 },
          ],
        },
        { labels: { target: 'b', role: 'canary' }, points: [{ atS: 100, value: 0.1 }] },
      ],
    },
  ],
};

test('a picture has a curve for each series, and leaves out what is no number', () => {
  const curves = [...drawDashboard('Canary', [PANEL]).matchAll(/<polyline points="([^"]+)"/g)];
  expect(curves.map(([, points]) => points)).toEqual(['56,154 564,58', '56,130']);
});

test('a picture names its panels, its series, its units and its time', () => {
  const texts = [...drawDashboard('Canary', [PANEL]).matchAll(/<text[^>]*>([^<]*)</g)].map(
    ([, text]) => text,
  );
  expect(texts).toEqual([
    ...['Canary', 'Errors &lt;per&gt; target', '0 %', '25 %', '50 %', '0 s', '20 s'],
    ...['a (stable)', 'b (canary)'],
  ]);
});
