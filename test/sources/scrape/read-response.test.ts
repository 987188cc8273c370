import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endResponse,
  leavesConnection,
  MAX_BODY_BYTES,
  readResponse,
  startResponse,
} from '../../../src/sources/scrape/read-response.ts';

/** What became of an answer that came in pieces of this size; `surplus` is what follows it. */
function readIn(text: string, size: number, ended = false) {
  let body = '';
  const reading = startResponse((piece) => {
    body += piece.toString('latin1');
  });
  const bytes = Buffer.from(text, 'latin1');
  let surplus = 0;
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    surplus += piece.length - readResponse(reading, piece);
  }
  if (ended) endResponse(reading);
  const { progress, head } = reading;
  return { progress, status: head.status, body, surplus, kept: leavesConnection(reading) };
}

const read = (text: string) => readIn(text, text.length);

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

describe('readResponse', () => {
  it.each([
    ['a body of a known length', `${OK}content-length: 3\r\n\r\nabc`, 200, 'abc'],
    ['an empty one', `${OK}Content-Length:0\r\n\r\n`, 200, ''],
    ['one whose length is said twice', `${OK}content-length: 3\r\ncontent-length: 3\r\n\r\nabc`, 200, 'abc'],
    ['a status without a reason', 'HTTP/1.1 404 \r\ncontent-length: 2\r\n\r\nno', 404, 'no'],
    ['a status and nothing else', 'HTTP/1.1 404\r\ncontent-length: 2\r\n\r\nno', 404, 'no'],
    ['chunks', `${CHUNKED}3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n`, 200, 'abc0123456789'],
    [
      'chunks with extensions and trailers',
      `${CHUNKED}3;a="b;c"\r\nabc\r\n1 ;x\r\nd\r\n000;last\r\nx-sum: 1\r\ny:\r\n\r\n`,
      200,
      'abcd',
    ],
    ['204, whatever it says of a body', `HTTP/1.1 204 No Content\r\ncontent-length: 7\r\n\r\n`, 204, ''],
    ['304', `HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n`, 304, ''],
    [
      'an answer behind interim ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\ncontent-length: 9\r\n\r\n${OK}content-length: 1\r\n\r\na`,
      200,
      'a',
    ],
    ['a body that looks like an answer', `${OK}content-length: 9\r\n\r\nHTTP/1.1 `, 200, 'HTTP/1.1 '],
    ['headers in any case', `${OK}CONTENT-LENGTH: 1\r\nTRANSFER: x\r\n\r\na`, 200, 'a'],
  ])('reads %s, and leaves the connection', (_, text, status, body) => {
    const whole = { progress: 'over', status, body, surplus: 0, kept: true };
    expect(read(text)).toEqual(whole);
    expect(readIn(text, 1)).toEqual(whole);
  });

  it.each([
    ['the server closes it', `${OK}connection: keep-alive, Close\r\ncontent-length: 1\r\n\r\na`],
    ['it is one of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na'],
  ])('does not leave the connection if %s', (_, text) => {
    expect(read(text)).toEqual({ progress: 'over', status: 200, body: 'a', surplus: 0, kept: false });
  });

  it('leaves a connection of HTTP/1.0 that is kept on purpose', () => {
    const text = 'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\na';
    expect(read(text)).toEqual({ progress: 'over', status: 200, body: 'a', surplus: 0, kept: true });
  });

  it('reads a body without any length up to the end of the connection', () => {
    expect(readIn(`${OK}\r\nabc`, 4)).toMatchObject({ progress: 'more', body: 'abc' });
    expect(readIn(`${OK}\r\nabc`, 4, true)).toEqual({
      ...{ progress: 'over', status: 200, body: 'abc', surplus: 0, kept: false },
    });
  });

  it.each([
    ['its head', OK],
    ['its body', `${OK}content-length: 3\r\n\r\nab`],
    ['a chunk', `${CHUNKED}3\r\nab`],
    ['its trailers', `${CHUNKED}0\r\n`],
  ])('calls an answer broken that ends in %s', (_, text) => {
    expect(read(text).progress).toBe('more');
    expect(readIn(text, text.length, true)).toMatchObject({ progress: 'broken', kept: false });
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n'],
    ['a status below 100', 'HTTP/1.1 099 Odd\r\n\r\n'],
    ['an empty line in front', `\r\n${OK}`],
    ['lines without carriage returns', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
    ['a carriage return inside a line', 'HTTP/1.1 200 OK\r\nx: a\rb\r\n'],
    ['another protocol that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['a header without a name', `${OK}: x\r\n`],
    ['a header without a colon', `${OK}content-length\r\n`],
    ['a blank before the colon', `${OK}content-length : 3\r\n`],
    ['a header over two lines', `${OK}x: a\r\n b\r\n`],
    ['a length that is no number', `${OK}content-length: 3x\r\n`],
    ['a negative length', `${OK}content-length: -3\r\n`],
    ['two lengths', `${OK}content-length: 3\r\ncontent-length: 4\r\n`],
    ['two lengths in one header', `${OK}content-length: 3, 3\r\n`],
    ['a length and chunks', `${OK}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['another transfer encoding', `${OK}transfer-encoding: gzip, chunked\r\n`],
    ['two transfer encodings', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n`],
    ['a chunk without a size', `${CHUNKED}\r\n`],
    ['a chunk with a sign', `${CHUNKED}+3\r\n`],
    ['a chunk of another base', `${CHUNKED}0x3\r\n`],
    ['a chunk that is longer than its size', `${CHUNKED}3\r\nabcd\r\n`],
    ['a trailer that is no header', `${CHUNKED}0\r\nxyz\r\n`],
    ['a head without an end', `${OK}${'x: y\r\n'.repeat(4_000)}`],
    ['a line without an end', 'x'.repeat(17_000)],
    ['trailers without an end', `${CHUNKED}0\r\n${'x: y\r\n'.repeat(4_000)}`],
    ['interim answers without an end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2_000)],
  ])('calls %s broken', (_, text) => {
    expect(readIn(text, 100)).toMatchObject({ progress: 'broken', kept: false });
    expect(readIn(text, 1)).toMatchObject({ progress: 'broken', kept: false });
  });

  it('takes as much of a body as a page may be long, and no more', () => {
    const most = 'x'.repeat(MAX_BODY_BYTES);
    const most16 = MAX_BODY_BYTES.toString(16);
    expect(read(`${OK}content-length: ${MAX_BODY_BYTES}\r\n\r\n${most}`).progress).toBe('over');
    expect(read(`${OK}\r\n${most}`).progress).toBe('more');
    expect(read(`${CHUNKED}${most16}\r\n${most}\r\n0\r\n\r\n`).progress).toBe('over');
    const tooLarge = [
      `${OK}content-length: ${MAX_BODY_BYTES + 1}\r\n\r\n`,
      `${OK}\r\n${most}x`,
      `${CHUNKED}${most16}\r\n${most}\r\n1\r\n`,
      `${CHUNKED}ffffffff\r\n`,
    ];
    expect(tooLarge.map((text) => read(text).progress)).toEqual(tooLarge.map(() => 'too_large'));
  });

  it('tells where the answer ends, and reads no further', () => {
    const answer = `${OK}content-length: 1\r\n\r\na`;
    expect(read(`${answer}HTTP/1.1`)).toMatchObject({ progress: 'over', body: 'a', surplus: 8 });
  });

  it('reads any body, however it is cut into chunks and pieces', () => {
    const chunk = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (chunks, size) => {
        const body = chunks.join('');
        const coded = chunks.map((each) => `${each.length.toString(16)}\r\n${each}\r\n`).join('');
        const texts = [`${CHUNKED}${coded}0\r\n\r\n`, `${OK}content-length: ${body.length}\r\n\r\n${body}`];
        for (const text of texts)
          expect(readIn(text, size)).toMatchObject({ progress: 'over', body, kept: true });
      }),
    );
  });
});
