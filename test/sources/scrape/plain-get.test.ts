import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GetRequest, GetResult, HttpGet } from '../../../src/sources/scrape/http-get.ts';
import { createPlainGet } from '../../../src/sources/scrape/plain-get.ts';
import { answerOf, type RawPod, startRawPod } from './raw-pod.ts';

const BROKEN = { kind: 'failed', reason: 'connection' };
const TIMEOUT = { kind: 'failed', reason: 'timeout' };

function answered(body: string, status = 200): GetResult {
  return { kind: 'answered', status, body: Buffer.from(body) };
}

describe('createPlainGet', () => {
  let stop: AbortController;
  let get: HttpGet;
  let pod: RawPod;
  beforeEach(async () => {
    stop = new AbortController();
    onTestFinished(() => stop.abort());
    get = createPlainGet(stop.signal);
    pod = await startRawPod();
  });

  const ask = (more: Partial<GetRequest> = {}) =>
    get({
      ...{ address: pod.address, path: '/metrics', headers: {}, timeoutMs: 5_000, signal: stop.signal },
      ...more,
    });

  it('asks for a page as it is, with the headers that are wanted', async () => {
    expect(await ask({ headers: { authorization: 'Bearer x y' } })).toEqual(answered('ok'));
    expect(pod.requests).toEqual([
      `GET /metrics HTTP/1.1\r\nhost: ${pod.address}\r\naccept: */*\r\naccept-encoding: identity\r\nauthorization: Bearer x y\r\n\r\n`,
    ]);
  });

  it('sends nothing with a header that would begin another one', async () => {
    expect(await ask({ headers: { authorization: 'Bearer x\r\ny: z' } })).toEqual(BROKEN);
    expect(pod.sockets).toEqual([]);
  });

  it('asks all over one connection, one after the other', async () => {
    for (let time = 0; time < 3; time += 1) expect(await ask()).toEqual(answered('ok'));
    expect(pod.sockets).toHaveLength(1);
  });

  it('hands a page on as it arrives, and nothing of an answer that is none', async () => {
    const pieces: string[] = [];
    const onPiece = (piece: Buffer) => void pieces.push(piece.toString());
    pod.answerWith((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc');
      void vi.waitUntil(() => pieces.length > 0).then(() => socket.write('def'));
    });
    expect(await ask({ onPiece })).toEqual(answered(''));
    expect(pieces).toEqual(['abc', 'def']);
    pod.answerWith((socket) => void socket.write('HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno'));
    expect(await ask({ onPiece })).toEqual(answered('no', 404));
    expect(pieces).toEqual(['abc', 'def']);
  });

  it('keeps answers apart that arrive at the same time, though all are read into one buffer', async () => {
    const other = await startRawPod();
    const bodies = ['a'.repeat(300_000), 'b'.repeat(300_000)];
    for (const [at, each] of [pod, other].entries())
      each.answerWith((socket) => {
        const text = answerOf(bodies[at] ?? '');
        for (let from = 0; from < text.length; from += 10_000) socket.write(text.slice(from, from + 10_000));
      });
    const results = await Promise.all([ask(), ask({ address: other.address })]);
    expect(results).toEqual(bodies.map((body) => answered(body)));
  });

  it('passes a page on that was compressed unasked, which no reader finds a figure in', async () => {
    const body = gzipSync('vllm:num_requests_waiting 3\n');
    pod.answerWith((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`);
      socket.write(body);
    });
    expect(await ask()).toEqual({ kind: 'answered', status: 200, body });
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
    ['HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    [`${answerOf('ok')}HTTP/1.1 200 OK\r\n`],
  ])('takes %j for an answer, and opens a connection for the next one', async (text) => {
    pod.answerWith((socket) => void socket.write(text));
    expect([await ask(), await ask()]).toEqual([answered('ok'), answered('ok')]);
    expect(pod.sockets).toHaveLength(2);
  });

  it('reads a body that ends with its connection', async () => {
    pod.answerWith((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nok'));
    expect(await ask()).toEqual(answered('ok'));
  });

  it('takes a body that a reset cuts off for a failure, though it names no length', async () => {
    pod.answerWith(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nok', () => socket.resetAndDestroy()),
    );
    expect(await ask()).toEqual(BROKEN);
  });

  it.each(['\u0000\u0001\u0002', 'SSH-2.0-OpenSSH\r\n', 'HTTP/1.1 200 OK\r\nx\r\n\r\n'])(
    'calls an answer of %j a failure, and asks anew the next time',
    async (text) => {
      pod.answerWith((socket) => void socket.end(text));
      expect(await ask()).toEqual(BROKEN);
      pod.answerWith((socket) => void socket.write(answerOf('ok')));
      expect(await ask()).toEqual(answered('ok'));
      expect(pod.sockets).toHaveLength(2);
    },
  );

  it('asks again once where a kept connection has ended, and not if the new one ends as well', async () => {
    await ask();
    pod.answerWith((socket) => socket.destroy());
    expect(await ask()).toEqual(BROKEN);
    expect(pod.requests).toHaveLength(3);
  });

  it('does not ask again once a part of the answer has come', async () => {
    await ask();
    pod.answerWith((socket) => void socket.end('HTTP/1.1 2'));
    expect(await ask()).toEqual(BROKEN);
    expect(pod.requests).toHaveLength(2);
  });

  it('closes a connection over which something comes that nobody has asked for', async () => {
    await ask();
    const [socket] = pod.sockets;
    socket?.write(answerOf('odd'));
    if (socket !== undefined) await once(socket, 'close');
    expect(await ask()).toEqual(answered('ok'));
    expect(pod.sockets).toHaveLength(2);
  });

  it('gives up in time, however steadily an answer drips', async () => {
    pod.answerWith((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
      const dripping = setInterval(() => socket.write('x'), 5);
      socket.once('close', () => clearInterval(dripping));
    });
    expect(await ask({ timeoutMs: 100 })).toEqual(TIMEOUT);
  });

  it('drops a kept connection that stays silent, so that a late answer is not taken for the next one', async () => {
    await ask();
    pod.answerWith(() => undefined);
    expect(await ask({ timeoutMs: 50 })).toEqual(TIMEOUT);
    pod.answerWith((socket) => void socket.write(answerOf('next')));
    expect(await ask()).toEqual(answered('next'));
    expect(pod.sockets).toHaveLength(2);
  });

  it('ends a question with its signal, and asks none whose signal has aborted', async () => {
    pod.answerWith(() => undefined);
    const one = new AbortController();
    const asking = ask({ signal: one.signal });
    await vi.waitUntil(() => pod.requests.length === 1);
    one.abort();
    expect([await asking, await ask({ signal: one.signal })]).toEqual([TIMEOUT, TIMEOUT]);
    expect(pod.requests).toHaveLength(1);
  });

  it('closes its connections when its own signal aborts', async () => {
    await ask();
    const [socket] = pod.sockets;
    const closed = socket === undefined ? undefined : once(socket, 'close');
    stop.abort();
    await closed;
    expect(await ask({ signal: new AbortController().signal })).toEqual(BROKEN);
  });

  it('leaves no timer behind, so that none pile up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let time = 0; time < 3; time += 1) await ask();
    pod.answerWith((socket) => socket.destroy());
    await ask();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells that a connection has ended, and not of those that it ends itself at last', async () => {
    const ended: string[] = [];
    get = createPlainGet(stop.signal, (address) => void ended.push(address));
    await ask();
    pod.sockets[0]?.destroy();
    await expect.poll(() => ended).toEqual([pod.address]);
    await ask();
    const [, second] = pod.sockets;
    const closed = second === undefined ? undefined : once(second, 'close');
    stop.abort();
    await closed;
    expect(ended).toEqual([pod.address]);
  });

  it('closes a connection that is no longer used', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    get = createPlainGet(stop.signal);
    await ask();
    const [socket] = pod.sockets;
    const closed = socket === undefined ? undefined : once(socket, 'close');
    vi.advanceTimersByTime(60_000);
    await closed;
    expect(await ask()).toEqual(answered('ok'));
    vi.advanceTimersByTime(30_000);
    expect(await ask()).toEqual(answered('ok'));
    expect(pod.sockets).toHaveLength(2);
  });
});
