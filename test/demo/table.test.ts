import { expect, test } from 'vitest';
import { progressBar } from '../../src/demo/progress-bar.ts';
import { type Outcome, summariseRound } from '../../src/demo/round.ts';
import { createStatusLine } from '../../src/demo/status-line.ts';
import { formatRound } from '../../src/demo/table.ts';

function served(target: string, pod: string, times: number): readonly Outcome[] {
  return Array.from({ length: times }, () => ({ kind: 'served', target, pod }));
}

const weights = [
  { target: 'sql-lora', weight: 90 },
  { target: 'sql-lora-2', weight: 10 },
];

test('a round is a row per target, a row per pod and a verdict', () => {
  const outcomes = [
    ...served('sql-lora', '127.0.0.1:8001', 89),
    ...served('sql-lora-2', '127.0.0.1:8002', 11),
  ];
  const pods = ['127.0.0.1:8001', '127.0.0.1:8002', '127.0.0.1:8003'];
  expect(formatRound(summariseRound(outcomes, weights, pods))).toBe(`\
target      weight  wanted  requests  observed
sql-lora        90  90.0 %        89    89.0 %
sql-lora-2      10  10.0 %        11    11.0 %

pod             requests
127.0.0.1:8001        89
127.0.0.1:8002        11
127.0.0.1:8003         0

The split fits the weights (chi-square test, p = 0.7389).
`);
});

test('failed requests are counted apart and decide the verdict', () => {
  const failed: Outcome = { kind: 'failed', problem: 'status 503: no traffic' };
  expect(summariseRound([...served('sql-lora', 'p', 60), failed, failed], weights, ['p'])).toEqual({
    requests: 62,
    targets: [
      { target: 'sql-lora', weight: 90, wanted: 0.9, requests: 60, observed: 1 },
      { target: 'sql-lora-2', weight: 10, wanted: 0.1, requests: 0, observed: 0 },
    ],
    pods: [{ pod: 'p', requests: 60 }],
    verdict: { kind: 'failures', failed: 2, first: 'status 503: no traffic' },
  });
});

test('the progress bar fills up', () => {
  expect(progressBar(0, 8)).toBe(`[${'.'.repeat(40)}] 0/8 requests`);
  expect(progressBar(3, 8)).toBe(`[${'#'.repeat(15)}${'.'.repeat(25)}] 3/8 requests`);
  expect(progressBar(8, 8)).toBe(`[${'#'.repeat(40)}] 8/8 requests`);
});

test('a status line draws over itself on a terminal, and is one line off it', () => {
  const drawn = (isTTY: boolean): string => {
    const pieces: string[] = [];
    const line = createStatusLine({ isTTY, write: (text) => pieces.push(text) });
    line.show('one');
    line.show('two');
    line.finish();
    line.finish();
    line.show('three');
    line.finish();
    return pieces.join('');
  };
  expect(drawn(true)).toBe('\rone\u001b[K\rtwo\u001b[K\n\rthree\u001b[K\n');
  expect(drawn(false)).toBe('one\nthree\n');
});
