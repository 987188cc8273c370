import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GetResult, HttpGet } from '../../../src/sources/scrape/http-get.ts';
import { createHttpGet } from '../../../src/sources/scrape/http-get.ts';
import { startFullServer } from './full-server.ts';
import { startTestPod, type TestPod } from './test-pod.ts';

describe('createHttpGet', () => {
  let stop: AbortController;
  let pod: TestPod;
  let get: HttpGet;
  beforeEach(async () => {
    stop = new AbortController();
    get = createHttpGet(stop.signal);
    pod = await startTestPod();
  });
  afterEach(async () => {
    stop.abort();
    await pod.stop();
  });

  const ask = (timeoutMs = 5_000, signal = stop.signal) =>
    get({ address: pod.endpoint.address, path: '/metrics', headers: {}, timeoutMs, signal });

  it('keeps its connection for the next request', async () => {
    const results: GetResult[] = [];
    for (let time = 0; time < 3; time += 1) {
      results.push(await ask());
      // A connection is free again a turn of the event loop after its answer.
      await nextTurn();
    }
    expect(results.map(({ kind }) => kind)).toEqual(['answered', 'answered', 'answered']);
    expect(pod.connections()).toBe(1);
  });

  it('does not take the end of an idle connection for a failure', async () => {
    await ask();
    pod.answerWith((request, response) => {
      if (pod.connections() === 1) request.socket.destroy();
      else response.end('fresh');
    });
    expect(await ask()).toMatchObject({ kind: 'answered', status: 200 });
    expect(pod.connections()).toBe(2);
  });

  it('opens another connection when the idle one has ended', async () => {
    await ask();
    pod.closeIdleConnections();
    expect(await ask()).toMatchObject({ kind: 'answered', status: 200 });
    expect(pod.connections()).toBe(2);
  });

  it('makes its second attempt over a new connection, since all kept ones may have ended', async () => {
    await Promise.all([ask(), ask(), ask()]);
    expect(pod.connections()).toBe(3);
    const used = new Set<unknown>();
    pod.answerWith((request, response) => {
      if (pod.connections() === 3) request.socket.destroy();
      else response.end('fresh');
      used.add(request.socket);
    });
    expect(await ask()).toMatchObject({ kind: 'answered' });
    expect(used.size).toBe(2);
  });

  it('makes no second attempt when the time is over', async () => {
    await ask();
    pod.answerWith((_, response) => void response.write('x'));
    expect(await ask(100)).toEqual({ kind: 'failed', reason: 'timeout' });
    expect(pod.asked).toHaveLength(2);
  });

  it('gives up early on an address that takes no connection', async () => {
    const full = await startFullServer();
    const result = await get({
      address: full,
      path: '/metrics',
      headers: {},
      timeoutMs: 60_000,
      signal: stop.signal,
    });
    expect(result).toEqual({ kind: 'failed', reason: 'timeout' });
  });

  it('tells a first connection that breaks as a failure', async () => {
    pod.answerWith((request) => request.socket.destroy());
    expect(await ask()).toEqual({ kind: 'failed', reason: 'connection' });
  });

  it('tells that nothing listens', async () => {
    await pod.stop();
    expect(await ask()).toEqual({ kind: 'refused' });
    await pod.restart();
  });

  it('takes a page that breaks off for a failure, not for a short page', async () => {
    pod.answerWith((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('vllm:num_requests_waiting 3\n', () => response.destroy());
    });
    expect(await ask()).toEqual({ kind: 'failed', reason: 'connection' });
  });

  it('gives up after the timeout, before and inside the answer', async () => {
    pod.answerWith(() => undefined);
    expect(await ask(50)).toEqual({ kind: 'failed', reason: 'timeout' });
    pod.answerWith((_, response) => void response.write('x'));
    expect(await ask(50)).toEqual({ kind: 'failed', reason: 'timeout' });
  });

  it('asks nobody once its signal has aborted', async () => {
    await ask();
    await nextTurn();
    const unanswered = new Promise<void>((resolve) => pod.answerWith(() => resolve()));
    // The question's own signal aborts later, or not at all.
    const asking = ask(5_000, new AbortController().signal);
    await unanswered;
    stop.abort();
    expect(await asking).toEqual({ kind: 'failed', reason: 'connection' });
    expect(await ask(5_000, new AbortController().signal)).toEqual({ kind: 'failed', reason: 'connection' });
    expect({ asked: pod.asked.length, connections: pod.connections() }).toEqual({ asked: 2, connections: 1 });
  });

  it('reads no page of more than 4 MiB', async () => {
    pod.answerWith((_, response) => response.end(Buffer.alloc(5 * 1024 * 1024)));
    expect(await ask()).toEqual({ kind: 'failed', reason: 'too_large' });
  });

  it('passes the status on, whatever it is', async () => {
    pod.answerWith((_, response) => response.writeHead(404).end('no'));
    expect(await ask()).toEqual({ kind: 'answered', status: 404, body: Buffer.from('no') });
  });

  it('reaches a pod by its IPv6 address', async () => {
    const pod6 = await startTestPod(0, '::1');
    const { address } = pod6.endpoint;
    const result = await get({
      address,
      path: '/metrics',
      headers: {},
      timeoutMs: 5_000,
      signal: stop.signal,
    });
    expect(result).toMatchObject({ kind: 'answered', status: 200 });
    await pod6.stop();
  });
});
