import { expect, onTestFinished, test, vi } from 'vitest';
import { createPeers, type MissingPeer, WINDOWS_PATH } from '../../../src/sources/peers/peers.ts';
import type { GetResult } from '../../../src/sources/scrape/http-get.ts';
import { windowsJson } from '../../../src/state/windows/document.ts';
import { createTestWindows, forwarded } from '../../state/windows/recorded.ts';

/** What a replica that forwarded so many requests would answer. */
function told(replica: string, requests: number): GetResult {
  const windows = createTestWindows(() => 0);
  for (let count = 0; count < requests; count += 1) windows.record(forwarded('a'));
  const body = Buffer.from(JSON.stringify(windowsJson({ replica, windows: windows.read() })));
  return { kind: 'answered', status: 200, body };
}

/** Peers of the replica `own`, at addresses that answer what the map says at that moment. */
function start(answers: Map<string, GetResult>) {
  const stop = new AbortController();
  const asked: string[] = [];
  const reported: (MissingPeer | string)[] = [];
  const peers = createPeers({
    get: async ({ address, path }) => {
      asked.push(`${address}${path}`);
      return answers.get(address) ?? { kind: 'refused' };
    },
    ...{ replica: 'own', intervalMs: 1, timeoutMs: 1_000 },
    report: { missing: (peer) => reported.push(peer), back: (address) => reported.push(address) },
  });
  const ended = peers.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  const shown = () => {
    const { told: windows, missing } = peers.view();
    return { requests: windows.map(([minute]) => minute?.series[0]?.tally.requests).sort(), missing };
  };
  return { peers, asked, reported, shown };
}

test('the others’ windows are read over and over, and oneself only once', async () => {
  const answers = new Map([
    ['a:1', told('a', 2)],
    ['b:1', told('b', 3)],
    ['own:1', told('own', 9)],
  ]);
  const { peers, asked, shown } = start(answers);
  expect(shown()).toEqual({ requests: [], missing: [] });
  peers.follow([...answers.keys()]);
  await vi.waitFor(() => expect(shown()).toEqual({ requests: [2, 3], missing: [] }));
  answers.set('a:1', told('a', 5));
  await vi.waitFor(() => expect(shown()).toEqual({ requests: [3, 5], missing: [] }));
  expect(asked.filter((each) => each === `own:1${WINDOWS_PATH}`)).toHaveLength(1);
});

test('one that is gone counts no more, is told once, and so is its return', async () => {
  const answers = new Map([
    ['a:1', told('a', 2)],
    ['b:1', told('b', 3)],
  ]);
  const { peers, reported, shown } = start(answers);
  peers.follow(['a:1', 'b:1']);
  await vi.waitFor(() => expect(shown().requests).toEqual([2, 3]));
  answers.delete('b:1');
  const missing = { address: 'b:1', problem: 'connection refused' };
  await vi.waitFor(() => expect(shown()).toEqual({ requests: [2], missing: [missing] }));
  answers.set('b:1', told('b', 4));
  await vi.waitFor(() => expect(shown()).toEqual({ requests: [2, 4], missing: [] }));
  expect(reported).toEqual([missing, 'b:1']);
});

test('an address that left is forgotten, and who is at one that came back is asked anew', async () => {
  const answers = new Map([['a:1', told('own', 1)]]);
  const { peers, asked, shown } = start(answers);
  peers.follow(['a:1']);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  answers.set('a:1', told('a', 2));
  peers.follow(['a:1']);
  await vi.waitFor(() => expect(shown().requests).toEqual([2]));
  peers.follow([]);
  expect(shown()).toEqual({ requests: [], missing: [] });
});

test('one with two addresses counts once', async () => {
  const answers = new Map([
    ['10.0.0.1:1', told('a', 2)],
    ['[fd00::1]:1', told('a', 2)],
  ]);
  const { peers, asked, shown } = start(answers);
  peers.follow([...answers.keys()]);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3));
  expect(shown()).toEqual({ requests: [2], missing: [] });
});

test('what a peer answers wrongly is told as what it is', async () => {
  const answers = new Map<string, GetResult>([
    ['late:1', { kind: 'failed', reason: 'timeout' }],
    ['old:1', { kind: 'answered', status: 404, body: Buffer.from('no') }],
    ['odd:1', { kind: 'answered', status: 200, body: Buffer.from('{') }],
    ['new:1', { kind: 'answered', status: 200, body: Buffer.from('{"version":9}') }],
  ]);
  const { peers, shown } = start(answers);
  peers.follow([...answers.keys()]);
  await vi.waitFor(() =>
    expect(shown().missing).toEqual([
      { address: 'late:1', problem: 'timeout' },
      { address: 'old:1', problem: 'status 404' },
      { address: 'odd:1', problem: 'windows of another version' },
      { address: 'new:1', problem: 'windows of another version' },
    ]),
  );
});
