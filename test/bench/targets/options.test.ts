import { expect, test } from 'vitest';
import { parseTargetsOptions, TARGETS_USAGE } from '../../../bench/targets/options.ts';
import { benchPeer } from '../../../bench/targets/targets.ts';

test('every target is measured thoroughly unless it is told otherwise, beside a peer if there is one', () => {
  expect(parseTargetsOptions([])).toMatchObject({
    kind: 'ok',
    options: { rounds: 5, requests: 1_000_000, peer: undefined, podPorts: [0, 0, 0], readme: false },
  });
  const peer = ['--peer', '127.0.0.1:9002', '--peer-pid', '7', '--peer-name', 'a picker v1'];
  expect(parseTargetsOptions(['--quick', '--out', 'x', ...peer, '--pod-ports', '1,2,3'])).toMatchObject({
    kind: 'ok',
    options: {
      rounds: 1,
      requests: 20_000,
      peer: { port: 9002, pid: 7, name: 'a picker v1' },
      podPorts: [1, 2, 3],
      out: 'x',
    },
  });
});

test('what makes no sense is told, and the help names every option', () => {
  expect(parseTargetsOptions(['--fast'])).toEqual({
    kind: 'invalid',
    problem: expect.stringContaining('--fast'),
  });
  for (const name of ['quick', 'peer', 'peer-pid', 'peer-name', 'pod-ports', 'out', 'readme']) {
    expect(TARGETS_USAGE).toContain(`--${name}`);
  }
});

test('a peer has to be named to be measured', async () => {
  const { signal } = new AbortController();
  expect(await benchPeer(['--quick'], signal)).toBe(2);
});
