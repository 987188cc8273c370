import { describe, expect, test } from 'vitest';
import { SERVER_NAMES } from '../../../bench/servers/kinds.ts';
import { PARTS, parseOptions } from '../../../bench/transport/options.ts';

const KIB = 1024;
const FULL = {
  servers: SERVER_NAMES,
  parts: PARTS,
  sizes: [KIB, 16 * KIB, 256 * KIB, KIB * KIB],
  rounds: 5,
  warmUpMs: 5000,
  windowMs: 1000,
  out: '.cache/bench',
  soak: undefined,
  readme: false,
  podPorts: [0, 0, 0],
  peer: undefined,
};

test('without options everything is measured', () => {
  expect(parseOptions([])).toEqual({ kind: 'ok', options: FULL });
});

test('--quick is one short round, of which the other options change parts', () => {
  const quick = { ...FULL, sizes: [KIB, 16 * KIB], rounds: 1, warmUpMs: 100, windowMs: 200 };
  expect(parseOptions(['--quick'])).toEqual({ kind: 'ok', options: quick });
  expect(parseOptions(['--quick', '--sizes', '1M,100'])).toEqual({
    kind: 'ok',
    options: { ...quick, sizes: [KIB * KIB, 100] },
  });
});

test('each option says what is measured; servers and parts keep their own order', () => {
  const args = [
    '--servers',
    'floor,grpc-js',
    '--parts',
    'memory,direct',
    '--rounds',
    '3',
    '--warm-up-ms',
    '7',
    '--window-ms',
    '400',
  ];
  expect(parseOptions([...args, '--readme', '--out', 'x', '--requests', '1000000'])).toEqual({
    kind: 'ok',
    options: {
      ...FULL,
      servers: ['grpc-js', 'floor'],
      parts: ['direct', 'memory'],
      rounds: 3,
      warmUpMs: 7,
      windowMs: 400,
      out: 'x',
      soak: 1_000_000,
      readme: true,
    },
  });
});

test('a peer is measured after the others, and may need the pods at ports that it knows', () => {
  const args = ['--servers', 'floor', '--peer', '127.0.0.1:9002', '--peer-pid', '77', '--pod-ports', '1,2'];
  expect(parseOptions(args)).toEqual({
    kind: 'ok',
    options: {
      ...FULL,
      servers: ['floor', 'peer'],
      peer: { port: 9002, pid: 77, name: '127.0.0.1:9002' },
      podPorts: [1, 2],
    },
  });
});

describe('refused', () => {
  test.each([
    [['--sizes', '3G'], '--sizes: 3G is no size from 64 to 8M'],
    [['--sizes', '9M'], '--sizes: 9M is no size from 64 to 8M'],
    [['--rounds', '0'], '--rounds: 0 is no number from 1 to 100'],
    [['--requests', 'many'], '--requests: many is no number from 1 to 100000000'],
    [['--window-ms', '70000'], '--window-ms: 70000 is no number from 1 to 60000'],
    [['--parts', 'direct,foo'], `--parts: no foo; there are ${PARTS.join(', ')}`],
    [['--peer', '127.0.0.1:9002'], '--peer and --peer-pid belong together'],
    [['--peer', '10.0.0.1:9002', '--peer-pid', '7'], '--peer: 10.0.0.1:9002 is no 127.0.0.1:PORT'],
    [['--pod-ports', '70000'], '--pod-ports: 70000 is no number from 0 to 65535'],
    [['--parts', 'rate'], '--parts: rate needs direct, whose throughput it takes half of'],
  ])('%j', (args, problem) => {
    expect(parseOptions(args)).toEqual({ kind: 'invalid', problem });
  });

  test('unknown options', () => {
    expect(parseOptions(['--fast'])).toEqual({ kind: 'invalid', problem: expect.stringContaining('--fast') });
  });
});
