import { expect, test } from 'vitest';
import { LATENCY_USAGE, parseLatencyOptions } from '../../../bench/latency/options.ts';

test('loads go from a tenth to nine tenths of what a server manages; a peer may take part', () => {
  expect(parseLatencyOptions([])).toMatchObject({
    kind: 'ok',
    options: { loads: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], rounds: 3, peer: undefined },
  });
  const args = [
    '--quick',
    '--peer',
    '127.0.0.1:9',
    '--peer-pid',
    '7',
    '--peer-name',
    'a picker',
    '--pod-ports',
    '1,2',
    '--out',
    'x',
  ];
  expect(parseLatencyOptions(args)).toEqual({
    kind: 'ok',
    options: {
      loads: [0.1, 0.5, 0.9],
      rounds: 1,
      warmUpMs: 300,
      windowMs: 200,
      peer: { port: 9, pid: 7, name: 'a picker' },
      podPorts: [1, 2],
      out: 'x',
      readme: false,
    },
  });
});

test('what makes no sense is told, and the help names every option', () => {
  expect(parseLatencyOptions(['--peer', 'x'])).toEqual({
    kind: 'invalid',
    problem: '--peer and --peer-pid belong together',
  });
  for (const name of ['quick', 'peer', 'peer-pid', 'pod-ports', 'out', 'readme']) {
    expect(LATENCY_USAGE).toContain(`--${name}`);
  }
});
