import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PARTS as PROFILE_PARTS } from '../../bench/profile/parts.ts';
import { WAY_NAMES, WAYS } from '../../bench/response/ways.ts';
import { framedReplies } from '../../bench/servers/fixed-answer.ts';
import { SERVER_NAMES } from '../../bench/servers/kinds.ts';
import { createRelay } from '../../bench/servers/relay.ts';
import { startServer } from '../../bench/servers/start-server.ts';
import { runNode } from '../setup/project.ts';

const ROOT = join(import.meta.dirname, '../..');
const NUMBER = expect.any(Number);
const LIST = [
  'targets',
  'transport',
  'response',
  'profile',
  'latency',
  'json-scan',
  'codec',
  'pick',
  'snapshot',
  'scrape',
  'records',
  'simulation',
].map((name) => `npm run bench -- ${name}`);

function bench(...args: readonly string[]) {
  return runNode(ROOT, ['bench/run.ts', ...args], process.env);
}

async function benchTransport(...args: readonly string[]) {
  const out = await mkdtemp(join(tmpdir(), 'serin-bench-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const name = args.includes('--requests') ? 'soak' : 'transport';
  const ended = await bench(
    'transport',
    '--quick',
    '--sizes',
    '1K',
    '--window-ms',
    '50',
    '--out',
    out,
    ...args,
  );
  return {
    ended,
    result: JSON.parse(
      await readFile(join(out, `${name}.json`), 'utf8').catch((cause) => {
        throw new Error(ended.stderr, { cause });
      }),
    ),
    picture: await readFile(join(out, 'transport.svg'), 'utf8').catch(() => undefined),
    out,
  };
}

function row(part: string, server: string, rest: object = {}) {
  return {
    part,
    bodyBytes: 1024,
    server,
    rounds: 1,
    requests: NUMBER,
    failed: 0,
    cpuUsPerRequest: NUMBER,
    ofFloor: NUMBER,
    requestsPerSecond: NUMBER,
    p50Ms: NUMBER,
    p99Ms: NUMBER,
    ...rest,
  };
}

/** Answers as the floor does, but for bodies of 2 KiB, whose streams it resets. */
async function startServerThatFailsAbove1K(): Promise<number> {
  const server = createServer({ streamResetBurst: 1e6, streamResetRate: 1e6 }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  const replies = framedReplies('127.0.0.1:1');
  server.on('stream', (stream: ServerHttp2Stream) => {
    const relay = createRelay(replies);
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.on('data', (chunk: Buffer) => {
      if (chunk.includes('2048')) stream.close(8);
      else stream.write(Buffer.concat(relay(chunk)));
    });
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('without a benchmark of that name all are listed', async () => {
  const { code, stderr } = await bench('nothing-of-the-kind');
  expect(code).toBe(2);
  for (const line of LIST) expect(stderr).toContain(line);
});

test('without a name every figure that has a target is measured', { timeout: 120_000 }, async () => {
  const out = await mkdtemp(join(tmpdir(), 'serin-bench-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const { code, stdout, stderr } = await bench('--quick', '--out', out);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const { targets } = JSON.parse(await readFile(join(out, 'targets.json'), 'utf8'));
  expect(targets.map(({ work }: { work: string }) => work)).toEqual([
    'CPU a request behind Envoy, full duplex, 1 KiB',
    'CPU a request behind Envoy, full duplex, 16 KiB',
    'CPU a request behind Envoy, full duplex, 256 KiB',
    'CPU a request behind Envoy, full duplex, 1 MiB',
    '64 bodies of 1 MiB at once, memory added',
    'memory after 20,000 requests, growth after the first fifth',
    expect.stringMatching(
      /^first byte at the pod of a 1 MiB body that takes \d+(\.\d)? ms to send, full duplex$/,
    ),
    expect.stringMatching(/^time inside Serin at \d+ requests\/s, half of its saturation/),
    ...['', ' by a prompt of 1 KiB, too'].flatMap((how) =>
      [10, 100, 1000, 10_000].map((pods) => `pick among ${pods} endpoints, in-process${how}`),
    ),
    'scraping 100 idle pods with pages of 65 KB',
    'age of the view of a pod under load, 500 requests/s, p99',
    'snapshot rebuild, 1000 endpoints',
  ]);
  for (const { found, wanted, holds } of targets) {
    expect([found, wanted, holds]).toEqual([
      expect.stringMatching(/\d/),
      expect.any(String),
      expect.any(Boolean),
    ]);
    expect(found).not.toMatch(/NaN|–/);
  }
  expect(stdout).toContain('| snapshot rebuild, 1000 endpoints');
});

test('options that make no sense end with what is wrong and how to use them', async () => {
  const { code, stderr } = await bench('transport', '--servers', 'floor,foo');
  expect({ code, first: stderr.split('\n')[0] }).toEqual({
    code: 2,
    first: `--servers: no foo; there are ${SERVER_NAMES.join(', ')}`,
  });
  expect(stderr).toContain('--quick');
});

test('every server answers the direct driver, and the table has a row for each', {
  timeout: 60_000,
}, async () => {
  const { ended, result, picture } = await benchTransport('--parts', 'direct');
  expect(ended).toMatchObject({ code: 0 });
  expect(result).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    machine: {
      cpu: expect.any(String),
      cores: NUMBER,
      memoryBytes: NUMBER,
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
    },
    options: expect.objectContaining({ parts: ['direct'], sizes: [1024], rounds: 1, windowMs: 50 }),
    overHttp: "the benchmark's own clients",
    rows: SERVER_NAMES.map((server) => row('direct', server)),
    targets: [],
    memory: [],
    soak: [],
  });
  expect(result.rows.every(({ requests }: { requests: number }) => requests > 0)).toBe(true);
  expect(ended.stdout.split('\n').filter((line) => line.startsWith('| 1 KiB')).length).toBe(
    SERVER_NAMES.length,
  );
  expect(picture).toContain('driven directly');
});

test('every part is measured, behind the real Envoy too', { timeout: 60_000 }, async () => {
  const { ended, result, picture } = await benchTransport('--servers', 'floor,serin-native');
  expect(ended).toMatchObject({ code: 0 });
  expect(result.rows).toEqual(
    ['direct', 'rate', 'envoy'].flatMap((part) =>
      ['floor', 'serin-native'].map((server) => row(part, server)),
    ),
  );
  expect(result.targets).toEqual([
    { bodyBytes: 1024, cpuUsPerRequest: NUMBER, atMost: 0.6, ofFloor: NUMBER, holds: expect.any(Boolean) },
  ]);
  expect(result.memory).toEqual(
    ['floor', 'serin-native'].map((server) => ({
      server,
      bodies: 64,
      bodyBytes: 1024 * 1024,
      failed: 0,
      beforeBytes: NUMBER,
      peakBytes: NUMBER,
      growthBytes: NUMBER,
      ofBodies: NUMBER,
    })),
  );
  expect(result.memory[0].growthBytes).toBeGreaterThan(0);
  expect(picture).toContain('behind Envoy');
});

test('a peer that somebody else started stands in the same tables', { timeout: 60_000 }, async () => {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const peer = await startServer('floor', { pods: [], peer: undefined }, stop.signal);
  const named = ['--peer', `127.0.0.1:${peer.port}`, '--peer-pid', `${peer.pid}`];
  const { ended, result } = await benchTransport('--servers', 'floor', '--parts', 'direct,memory', ...named);
  expect(ended).toMatchObject({ code: 0 });
  expect(result.rows).toEqual([row('direct', 'floor'), row('direct', 'peer')]);
  expect(result.memory[1]).toMatchObject({ server: 'peer', failed: 0 });
  expect(ended.stdout).toContain('the peer');
});

test('requests that fail are printed with their reason, and the run fails', { timeout: 60_000 }, async () => {
  const port = await startServerThatFailsAbove1K();
  const named = ['--peer', `127.0.0.1:${port}`, '--peer-pid', `${process.pid}`];
  const { ended, result } = await benchTransport(
    '--parts',
    'direct',
    '--servers',
    'floor',
    ...named,
    '--sizes',
    '1K,2K',
  );
  const [, , , failed] = result.rows;
  expect(failed).toMatchObject({ bodyBytes: 2048, server: 'peer', failed: NUMBER });
  expect(failed.failed).toBeGreaterThanOrEqual(failed.requests);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^peer, direct, 2 KiB: \d+ requests failed: RST_STREAM 8$/m);
});

test('a soak shows the memory at twenty steps and nothing else', { timeout: 60_000 }, async () => {
  const { ended, result, picture } = await benchTransport('--servers', 'floor', '--requests', '2000');
  expect(ended).toMatchObject({ code: 0 });
  expect({ ...result, at: '', machine: '', options: '' }).toEqual({
    at: '',
    machine: '',
    options: '',
    overHttp: "the benchmark's own clients",
    rows: [],
    targets: [],
    memory: [],
    soak: [
      {
        server: 'floor',
        requests: 2000,
        failed: 0,
        steps: Array.from({ length: 20 }, (_, step) => ({
          requests: 100 * (step + 1),
          residentBytes: NUMBER,
        })),
        growth: NUMBER,
        warmLiveBytes: NUMBER,
        endLiveBytes: NUMBER,
      },
    ],
  });
  expect(picture).toBeUndefined();
});

test('every way to learn of requests is measured under event streams, behind the real Envoy', {
  timeout: 120_000,
}, async () => {
  const out = await mkdtemp(join(tmpdir(), 'serin-bench-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const few = ['--streams', '5', '--events', '3', '--interval-ms', '20'];
  const ended = await bench('response', '--quick', ...few, '--out', out);
  expect(ended).toMatchObject({ code: 0 });
  const { rows } = JSON.parse(await readFile(join(out, 'response.json'), 'utf8'));
  expect(rows).toEqual(
    WAY_NAMES.map((way) => ({
      way,
      rounds: 1,
      streams: 5,
      failed: 0,
      // The last one tells the usage.
      events: 5 * (3 + 1),
      serinUsPerEvent: NUMBER,
      envoyUsPerEvent: NUMBER,
      p50Ms: NUMBER,
      p99Ms: NUMBER,
    })),
  );
  for (const way of WAY_NAMES) expect(ended.stdout).toContain(`| ${WAYS[way].label}`);
});

test('a profile tells where the time of a request went, and of an earlier run beside it', {
  timeout: 60_000,
}, async () => {
  const out = await mkdtemp(join(tmpdir(), 'serin-bench-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const short = [
    '--quick',
    '--drivers',
    'direct',
    '--warm-up-ms',
    '50',
    '--window-ms',
    '200',
    '--functions',
    '3',
  ];
  const earlier = {
    driver: 'direct',
    bodyBytes: 1024,
    cpuUsPerRequest: 1234,
    mainUsPerRequest: 1,
    ofFloor: 9,
  };
  const before = join(out, 'before.json');
  await writeFile(before, JSON.stringify({ rows: [{ ...earlier, parts: [] }] }));
  const ended = await bench('profile', ...short, '--out', out, '--before', before);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toMatch(/1234 = 9.00 × floor \|$/m);
  const { rows } = JSON.parse(await readFile(join(out, 'profile.json'), 'utf8'));
  expect(rows).toEqual([
    {
      driver: 'direct',
      bodyBytes: 1024,
      requests: NUMBER,
      samples: NUMBER,
      cpuUsPerRequest: NUMBER,
      mainUsPerRequest: NUMBER,
      ofFloor: NUMBER,
      parts: PROFILE_PARTS.map((part) => ({ part, share: NUMBER })),
      functions: [1, 2, 3].map(() => ({
        name: expect.any(String),
        file: expect.any(String),
        part: expect.any(String),
        share: NUMBER,
      })),
    },
  ]);
  const share = new Map(
    rows[0].parts.map(({ part, share }: { part: string; share: number }) => [part, share]),
  );
  expect(share.get('writing replies')).toBeGreaterThan(0);
  expect(share.get('HTTP/2 and gRPC')).toBeGreaterThan(0);
});
