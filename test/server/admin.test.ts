import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type AdminOptions,
  type AdminRequest,
  type EventPage,
  type Page,
  startAdmin,
} from '../../src/server/admin.ts';
import { debugPages, probePages } from '../../src/server/admin-pages.ts';

const FIGURES = {
  status: (): unknown => ({}),
  windows: (): unknown => ({}),
  metrics: async () => ({ type: 'text/plain; version=0.0.4', text: 'serin_streams_open 0\n' }),
  notReady: (): readonly string[] => [],
  details: () => ({}),
  snapshot: (): unknown => ({ version: 1 }),
};

async function start(figures: Partial<typeof FIGURES> = {}, options: Partial<AdminOptions> = {}) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const all = { ...FIGURES, ...figures };
  const pages = new Map([...probePages(all), ...debugPages(all)]);
  const port = await startAdmin({ host: '127.0.0.1', port: 0, pages, ...options }, stop.signal);
  const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const get = async (path: string, method = 'GET') => {
    const answer = await ask(path, { method });
    const type = answer.headers.get('content-type');
    return { status: answer.status, type, text: await answer.text() };
  };
  return { stop, port, ask, get };
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

test('nothing is kept by browsers, read as another type, framed, or joined by what is not its own', async () => {
  const { ask } = await start();
  const { headers } = await ask('/debug/snapshot');
  expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
    'no-store',
    'nosniff',
  ]);
  const policy = headers.get('content-security-policy')?.split('; ');
  expect(policy).toEqual(
    expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
  );
});

describe('a request for anything else', () => {
  test('is 404 and names the pages', async () => {
    const { get } = await start();
    expect(await get('/')).toEqual({
      status: 404,
      type: 'text/plain',
      text: 'pages: /metrics /healthz /readyz /windows /debug/snapshot /debug/status /debug/live\n',
    });
  });

  test('is 405 if it would change something, and HEAD has no body', async () => {
    const { get } = await start();
    expect(await get('/metrics', 'POST')).toMatchObject({ status: 405 });
    expect(await get('/healthz', 'HEAD')).toEqual({ status: 200, type: 'text/plain', text: '' });
  });
});

describe('a guard', () => {
  test('sees what is asked and by what name, before any page or method is looked at', async () => {
    const seen: AdminRequest[] = [];
    const guard = async (request: AdminRequest) => {
      seen.push(request);
      return { status: 401, text: 'no\n' };
    };
    const { ask, port } = await start({}, { guard });
    const answer = await ask('/none?x=1', { method: 'POST', headers: { authorization: 'Bearer t' } });
    expect([answer.status, answer.headers.get('www-authenticate'), await answer.text()]).toEqual([
      401,
      'Bearer',
      'no\n',
    ]);
    expect(seen).toEqual([
      { method: 'POST', path: '/none', host: `127.0.0.1:${port}`, authorization: 'Bearer t' },
    ]);
  });

  test('ends a page that goes on when its reader may no more, and not while nobody knows', async () => {
    const answers = [undefined, undefined, { status: 503, text: '' }, { status: 403, text: '' }];
    const guard = async () => answers.shift();
    const { ask } = await start({}, { guard, guardEveryMs: 10 });
    const answer = await ask('/debug/live');
    await expect(answer.text()).rejects.toThrow(TypeError);
    expect([answer.status, answers]).toEqual([200, []]);
  });

  test('that fails lets nothing pass', async () => {
    const { get } = await start({}, { guard: () => Promise.reject(new Error('secret')) });
    expect(await get('/healthz')).toEqual({ status: 500, type: 'text/plain', text: 'internal error\n' });
  });
});
describe('a page', () => {
  const startPage = (page: Page) => start({}, { pages: new Map([['/page', page]]) });

  test('is made by the query that came with its path', async () => {
    const { get } = await startPage((query) => ({ status: 200, type: 'text/plain', text: `${query}` }));
    const texts = [await get('/page?a=1&b=x%26y'), await get('/page?'), await get('/page')];
    expect(texts.map(({ text }) => text)).toEqual(['a=1&b=x%26y', '', '']);
  });

  test('that goes on sends each text as one event', async () => {
    const run: EventPage['run'] = async (send) => {
      await send('{"text":"one\\ntwo"}');
      await send('[2]');
    };
    const { get } = await startPage(() => ({ run }));
    expect(await get('/page')).toEqual({
      status: 200,
      type: 'text/event-stream',
      text: 'data: {"text":"one\\ntwo"}\n\ndata: [2]\n\n',
    });
    expect(await get('/page', 'HEAD')).toMatchObject({ status: 200, text: '' });
  });

  test('that goes on waits for a reader that does not read, and ends when the reader leaves', async () => {
    const ended = Promise.withResolvers<number>();
    const run: EventPage['run'] = async (send, signal) => {
      let sent = 0;
      for (; !signal.aborted; sent += 1) await send('x'.repeat(100_000));
      ended.resolve(sent);
    };
    const { port } = await startPage(() => ({ run }));
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /page HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'readable');
    socket.destroy();
    expect(await ended.promise).toBeLessThan(1_000);
  });

  test('that goes on is not begun for a reader that has left while the guard thought', async () => {
    const [asked, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const looks: unknown[] = [];
    const guard = async () => {
      looks.push({});
      asked.resolve();
      await left.promise;
      return undefined;
    };
    const begun: unknown[] = [];
    const run: EventPage['run'] = async () => void begun.push({});
    const pages = new Map<string, Page>([
      ['/page', () => ({ run })],
      ['/next', () => ({ status: 200, type: 'text/plain', text: 'next' })],
    ]);
    const { port, get } = await start({}, { pages, guard, guardEveryMs: 1 });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /page HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await asked.promise;
    socket.destroy();
    await once(socket, 'close');
    const next = get('/next');
    await expect.poll(() => looks.length).toBe(2);
    left.resolve();
    expect([(await next).text, begun]).toEqual(['next', []]);
    await get('/next');
    // One look for each request, and none after that.
    expect(looks.length).toBe(3);
  });

  test('that goes on is not begun twice on a connection', async () => {
    const begun: AbortSignal[] = [];
    const run: EventPage['run'] = async (send, signal) => {
      begun.push(signal);
      await send('1');
      await once(signal, 'abort');
    };
    const { port } = await startPage(() => ({ run }));
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /page HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(3));
    socket.resume();
    await once(socket, 'close');
    await expect.poll(() => begun.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('that goes on and then fails is cut off', async () => {
    const run: EventPage['run'] = async (send) => {
      await send('1');
      throw new Error('secret');
    };
    const { ask } = await startPage(() => ({ run }));
    await expect(ask('/page').then((answer) => answer.text())).rejects.toThrow(TypeError);
  });
});

describe('figures', () => {
  /** Reads the first events of the live page. */
  async function readEvents(ask: (path: string) => Promise<Response>, count: number) {
    let text = '';
    for await (const piece of (await ask('/debug/live')).body ?? []) {
      text += Buffer.from(piece).toString();
      if (text.split('\n\n').length > count) break;
    }
    return text.split('\n\n').slice(0, count);
  }

  test('are put together once for all readers of the live page', async () => {
    const builds: unknown[] = [];
    const { ask } = await start({ status: () => ({ build: builds.push({}) }) });
    const read = await Promise.all(Array.from({ length: 20 }, () => readEvents(ask, 2)));
    // A reader that comes late on a loaded machine may begin with a later edition, but none has one of its own.
    expect(builds.length).toBeLessThan(10);
    expect(read.flat().every((event) => /^data: \{"build":\d\}$/.test(event))).toBe(true);
  });

  test('are put together once for replicas that ask at once', async () => {
    const builds: unknown[] = [];
    const { get } = await start({ windows: () => ({ build: builds.push({}) }) });
    await Promise.all(Array.from({ length: 20 }, () => get('/windows')));
    expect(builds.length).toBeLessThan(10);
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
  const options = { host: '127.0.0.1', port, pages: new Map() };
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
