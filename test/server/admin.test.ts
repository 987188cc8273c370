import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AdminPages, startAdmin } from '../../src/server/admin.ts';

const PAGES: AdminPages = {
  metrics: async () => ({ type: 'text/plain; version=0.0.4', text: 'serin_streams_open 0\n' }),
  notReady: () => [],
  details: () => ({}),
  snapshot: () => ({ version: 1 }),
};

async function start(pages: Partial<AdminPages> = {}) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const port = await startAdmin({ host: '127.0.0.1', port: 0, pages: { ...PAGES, ...pages } }, stop.signal);
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    const type = answer.headers.get('content-type');
    return { status: answer.status, type, text: await answer.text() };
  };
  return { stop, port, get };
}

test('every page is served with its type, with or without a query', async () => {
  const { get } = await start();
  expect(await get('/metrics?x=1')).toEqual({
    status: 200,
    type: 'text/plain; version=0.0.4',
    text: 'serin_streams_open 0\n',
  });
  expect(await get('/healthz')).toEqual({ status: 200, type: 'text/plain', text: 'ok\n' });
  const snapshot = await get('/debug/snapshot');
  expect({ ...snapshot, text: JSON.parse(snapshot.text) }).toEqual({
    status: 200,
    type: 'application/json',
    text: { version: 1 },
  });
});

test('readiness says what is waited for', async () => {
  const waiting = ['manifests', 'first scrape round'];
  const { get } = await start({ notReady: () => waiting });
  const before = await get('/readyz');
  expect([before.status, JSON.parse(before.text)]).toEqual([503, { ready: false, waitingFor: waiting }]);
  waiting.length = 0;
  const after = await get('/readyz');
  expect([after.status, JSON.parse(after.text)]).toEqual([200, { ready: true, waitingFor: [] }]);
});

describe('a request for anything else', () => {
  test('is 404 and names the pages', async () => {
    const { get } = await start();
    expect(await get('/')).toEqual({
      status: 404,
      type: 'text/plain',
      text: 'pages: /metrics /healthz /readyz /debug/snapshot\n',
    });
  });

  test('is 405 if it would change something, and HEAD has no body', async () => {
    const { get } = await start();
    expect(await get('/metrics', 'POST')).toMatchObject({ status: 405 });
    expect(await get('/healthz', 'HEAD')).toEqual({ status: 200, type: 'text/plain', text: '' });
  });
});

test('a page that fails is 500 without its error', async () => {
  const fail = () => {
    throw new Error('secret');
  };
  const { get } = await start({ metrics: async () => fail(), snapshot: fail });
  const failed = { status: 500, type: 'text/plain', text: 'internal error\n' };
  expect([await get('/metrics'), await get('/debug/snapshot')]).toEqual([failed, failed]);
});

test('a taken port is an error', async () => {
  const { port } = await start();
  const options = { host: '127.0.0.1', port, pages: PAGES };
  await expect(startAdmin(options, new AbortController().signal)).rejects.toThrow('EADDRINUSE');
});

test('its signal closes it, open connections included', async () => {
  const { stop, port } = await start();
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.resume();
  const closed = once(socket, 'close');
  stop.abort();
  await closed;
  const refused = connect(port, '127.0.0.1');
  const [error] = await once(refused, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});
