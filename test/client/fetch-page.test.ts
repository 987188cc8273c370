import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchPage, jsonOf } from '../../src/client/fetch-page.ts';

const NEVER = new AbortController().signal;

/** Listens on a port of its own until the test ends. */
async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

describe('a page', () => {
  it('is what a server answers, whatever its status', async () => {
    const at = await listen(({ url, headers }, response) => {
      response.writeHead(url === '/there' ? 200 : 404).end(`${url} ${headers.authorization}`);
    });
    const pages = [
      await fetchPage(at, '/there', { signal: NEVER, token: 'secret' }),
      await fetchPage(at, '/gone', { signal: NEVER }),
    ];
    expect(pages).toEqual([
      { kind: 'page', status: 200, body: Buffer.from('/there Bearer secret') },
      { kind: 'page', status: 404, body: Buffer.from('/gone undefined') },
    ]);
  });

  it('is not looked for elsewhere: a token is for one server', async () => {
    const at = await listen((_, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect(await fetchPage(at, '/', { signal: NEVER })).toMatchObject({ kind: 'page', status: 302 });
  });

  it('that does not come has failed, with the cause', async () => {
    const at = await listen((request) => request.socket.destroy());
    const stopped = AbortSignal.abort(new Error('stopped'));
    expect([
      await fetchPage(at, '/', { signal: NEVER }),
      // A port that `fetch` would not ask.
      await fetchPage({ host: '::1', port: 10_080 }, '/', { signal: NEVER }),
      await fetchPage(at, '/', { signal: stopped }),
    ]).toEqual([
      { kind: 'failed', problem: expect.stringMatching(/closed|hang up|ECONNRESET/) },
      { kind: 'failed', problem: expect.stringMatching(/ECONNREFUSED|EADDRNOTAVAIL/) },
      { kind: 'failed', problem: 'stopped' },
    ]);
  });
});

describe('a page without an end', () => {
  it('is not read further than memory goes', async () => {
    const piece = Buffer.alloc(1 << 20);
    const at = await listen((_, response) => {
      const write = () => {
        while (response.write(piece));
      };
      response.on('drain', write);
      write();
    });
    expect(await fetchPage(at, '/', { signal: NEVER })).toEqual({
      kind: 'failed',
      problem: 'Response content exceeded max size',
    });
  });
});

describe('the body of a page', () => {
  it('is read as JSON, if it is any', () => {
    expect([jsonOf(Buffer.from('{"a":1}')), jsonOf(Buffer.from('<html>'))]).toEqual([{ a: 1 }, undefined]);
  });
});
