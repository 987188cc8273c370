import { expect, test } from 'vitest';
import {
  braces,
  createCounter,
  createGauge,
  createHistogram,
  formatNumber,
} from '../../src/fake-vllm/exposition.ts';

test.each([
  [0, '0.0'],
  [3, '3.0'],
  [0.25, '0.25'],
  [123456, '123456.0'],
  [1_234_567, '1.234567e+06'],
  [1_767_225_600.5, '1.7672256005e+09'],
  [1_000_000, '1e+06'],
  [Number.POSITIVE_INFINITY, '+Inf'],
])('writes %d as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
  if (Number.isFinite(value)) expect(Number(text)).toBe(value);
});

test('writes labels in the order of their names, with quotes, backslashes and line ends escaped', () => {
  expect(braces({ b: 'x"y\\z\n', a: '1' })).toBe('{a="1",b="x\\"y\\\\z\\n"}');
});

test('a counter adds and a gauge keeps the last value', () => {
  const counter = createCounter('vllm:prompt_tokens', { engine: '0' });
  counter.record(3);
  counter.record(2, 4);
  expect(counter.text()).toBe('vllm:prompt_tokens_total{engine="0"} 11.0\n');
  const gauge = createGauge('vllm:num_requests_running', { engine: '0' });
  gauge.record(3);
  gauge.record(1);
  expect(gauge.text()).toBe('vllm:num_requests_running{engine="0"} 1.0\n');
});

test('a histogram counts up to each bound, the bound itself included', () => {
  const histogram = createHistogram('h', { engine: '0' }, [0.5, 1]);
  histogram.record(0.5);
  histogram.record(0.75, 2);
  histogram.record(9);
  expect(histogram.text().split('\n')).toEqual([
    'h_bucket{engine="0",le="0.5"} 1.0',
    'h_bucket{engine="0",le="1.0"} 3.0',
    'h_bucket{engine="0",le="+Inf"} 4.0',
    'h_count{engine="0"} 4.0',
    'h_sum{engine="0"} 11.0',
    '',
  ]);
});
