import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShell } from '../../scripts/docker/shell.ts';
import { supervise } from '../../src/envoy-binary/supervise.ts';
import { ADAPTERS } from '../e2e/pod.ts';
import { SECURITY, type Serving, startServing } from './serving.ts';

const { signal } = new AbortController();
const shell = createShell(process.env, signal);
const CLIENT = 'serin-grpc-go';
/** How Istio names the clusters that it makes, and Envoy with them the server. */
const ISTIO_CLUSTER = 'outbound|9002||serin.default.svc.cluster.local';

describe.each(SECURITY)('grpc-go over $name', ({ flag, secure }) => {
  const security = secure ? ['-tls'] : [];
  let serving: Serving;
  beforeAll(async () => {
    serving = await startServing(flag, '--drain-timeout=30s');
  });
  afterAll(() => serving.stop());

  /** What the client saw of a scenario. */
  async function play(scenario: string, ...flags: readonly string[]): Promise<unknown> {
    return JSON.parse(await shell.run(CLIENT, [...security, ...flags, serving.address, scenario]));
  }

  async function expectNoOpenStream(): Promise<void> {
    await expect.poll(() => serving.serin.metric('serin_streams_open')).toBe(0);
  }

  it('has a completion routed', async () => {
    const seen = await play('process');
    expect(seen).toEqual({ replies: ['headers', 'body'], model: expect.any(String), code: 'OK' });
    expect(ADAPTERS).toContain(Object(seen).model);
  });

  it('names the server as Istio names it', async () => {
    expect(await play('process', '-authority', ISTIO_CLUSTER)).toMatchObject({ code: 'OK' });
  });

  it('holds 500 streams open at once on one connection, and each is answered', async () => {
    expect(await play('concurrent', '-streams', '500')).toEqual({ codes: { OK: 500 }, connections: 1 });
  });

  it('sends bodies of 4 MiB and gets them back with another model, on 4 streams at once', async () => {
    const four = Array.from({ length: 4 }, () => ({ same: true, code: 'OK' }));
    expect(await play('big', '-streams', '4')).toEqual(four);
  });

  it('names the body mode in metadata, beside keys of every kind', async () => {
    expect(await play('metadata')).toEqual({ replies: ['headers', 'body chunk'], code: 'OK' });
  });

  it('cancels 3000 streams, and the connection goes on', async () => {
    const seen = await play('cancel', '-streams', '3000');
    expect(seen).toEqual({ codes: { Canceled: 3000 }, connections: 1, after: 'OK' });
    await expectNoOpenStream();
  });

  it('lets deadlines pass, and the connection goes on', async () => {
    const seen = await play('deadline', '-streams', '50');
    expect(seen).toEqual({ codes: { DeadlineExceeded: 50 }, connections: 1, after: 'OK' });
    await expectNoOpenStream();
  });

  it('is told by the server that the time it gave is up', async () => {
    expect(await play('timeout')).toEqual({ status: 200, grpcStatus: '4' });
    await expectNoOpenStream();
  });

  it('hears that a method or a service is not there', async () => {
    expect(await play('unknown')).toEqual({ codes: { Unimplemented: 2 }, connections: 1, after: 'OK' });
  });

  it('hears that compressed messages are not taken', async () => {
    expect(await play('gzip')).toEqual({ codes: { Unimplemented: 1 }, connections: 1, after: 'OK' });
    await expectNoOpenStream();
  });

  it('has too large a body answered with 413 and too large a message refused, beside an open stream', async () => {
    expect(await play('too-large')).toEqual({
      pastBody: 'PayloadTooLarge',
      pastMessage: 'ResourceExhausted',
      beside: 'OK',
      connections: 1,
    });
  });
});

describe.each(SECURITY)('a drain over $name', ({ flag, secure }) => {
  it('tells grpc-go to leave, and brings its open streams to their end', async () => {
    const serving = await startServing(flag, '--drain-timeout=30s');
    const flags = [...(secure ? ['-tls'] : []), '-streams', '100'];
    const client = spawn(CLIENT, [...flags, serving.address, 'drain'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const seen: string[] = [];
    const ended = supervise(client, {
      signal,
      onLine: (line, stream) => {
        if (stream === 'stdout') seen.push(line);
        else serving.serin.terminate();
      },
    });
    await ended;
    expect(seen.map((line) => JSON.parse(line))).toEqual([{ codes: { OK: 100 }, connections: 1 }]);
    expect(await serving.serin.exitCode()).toBe(0);
    await serving.stop();
  });
});
