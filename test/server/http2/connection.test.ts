import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  announceShutdown,
  finishShutdown,
  isOver,
  resetStream,
} from '../../../src/server/http2/connection.ts';
import { ErrorCode } from '../../../src/server/http2/fault.ts';
import { FrameType, PREFACE } from '../../../src/server/http2/frame.ts';
import { encodeBlock } from '../../../src/server/http2/hpack/encoder.ts';
import { LIMITS } from '../../../src/server/http2/limits.ts';
import { sendData, sendHeaders, sendPrefixed, sendTrailers } from '../../../src/server/http2/send.ts';
import type { Http2Stream } from '../../../src/server/http2/stream.ts';
import { createPeer, data, errorIn, frame, headers, REQUEST, settings, word } from './peer.ts';

const { rstStream, windowUpdate, ping, priority, continuation } = FrameType;
const HEADERS = FrameType.headers;
const OK_BLOCK = encodeBlock([[':status', '200']]);
const END_BLOCK = encodeBlock([['grpc-status', '0']]);

describe('a request', () => {
  test('is told with its path, its slices, its end and its close', () => {
    const peer = createPeer();
    peer.send(headers(1), data(1, 'ab'), data(1, 'c', true));
    expect(peer.told).toEqual(['request 1 /p.S/M', 'data 1 ab', 'data 1 c', 'end 1']);
    const [stream] = peer.streams;
    if (stream === undefined) throw new Error('no stream');
    sendHeaders(peer.connection, stream, OK_BLOCK);
    sendData(peer.connection, stream, [Buffer.from('x'), Buffer.from('y')]);
    sendTrailers(peer.connection, stream, END_BLOCK);
    expect(
      peer.frames().map(({ type, flags, payload }) => [type, flags, payload.toString('latin1')]),
    ).toEqual([
      [HEADERS, 4, '\x88'],
      [FrameType.data, 0, 'xy'],
      [HEADERS, 5, Buffer.from(END_BLOCK).toString('latin1')],
    ]);
    expect(peer.told.at(-1)).toBe('close 1');
  });

  test('whose response ends first is reset without an error', () => {
    const peer = createPeer();
    peer.send(headers(1));
    const [stream] = peer.streams;
    if (stream === undefined) throw new Error('no stream');
    sendTrailers(peer.connection, stream, END_BLOCK);
    expect(errorIn(peer.frames())).toBe('reset 1 0');
    expect(errorIn(peer.send(data(1, 'late'), headers(1, [], { endStream: true })))).toBeUndefined();
    expect(peer.told).toEqual(['request 1 /p.S/M', 'close 1']);
  });

  test('may carry any byte in a value that RFC 9110 allows, and names of Istio clusters as its authority', () => {
    const peer = createPeer();
    const authority = 'outbound|9002||serin.ns.svc.cluster.local';
    const value = `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~ \t\x80\xff`;
    peer.send(headers(1, [...REQUEST.filter(([name]) => name !== ':authority'), ['x-any', `a${value}z`]]));
    peer.send(
      headers(
        3,
        REQUEST.map(([name, text]) => [name, name === ':authority' ? authority : text]),
      ),
    );
    expect(peer.told).toEqual(['request 1 /p.S/M', 'request 3 /p.S/M']);
  });

  test.each([
    ['a capital in a name', [...REQUEST, ['X-a', 'b']]],
    ['an empty name', [...REQUEST, ['', 'b']]],
    ['a line break in a value', [...REQUEST, ['x', 'a\r\nb']]],
    ['NUL in a value', [...REQUEST, ['x', '\0']]],
    ['a value that begins with a blank', [...REQUEST, ['x', ' a']]],
    ['a pseudo-header after others', [...REQUEST, [':path', '/']]],
    ['a pseudo-header twice', [[':method', 'POST'], ...REQUEST]],
    ['an unknown pseudo-header', [[':status', '200'], ...REQUEST]],
    ['no path', REQUEST.filter(([name]) => name !== ':path')],
    ['an empty path', REQUEST.map(([name, value]) => [name, name === ':path' ? '' : value])],
    ['a connection-specific field', [...REQUEST, ['connection', 'close']]],
    ['te other than trailers', [...REQUEST, ['te', 'gzip']]],
    ['two content-lengths', [...REQUEST, ['content-length', '1'], ['content-length', '2']]],
    ['a content-length that is no number', [...REQUEST, ['content-length', '+1']]],
  ] as const)('with %s is reset, and the connection goes on', (_name, fields) => {
    const peer = createPeer();
    expect(errorIn(peer.send(headers(1, fields as never)))).toBe('reset 1 1');
    expect(peer.told).toEqual([]);
    peer.send(headers(3));
    expect(peer.told).toEqual(['request 3 /p.S/M']);
  });

  test('with more fields than we take is reset, and the tables stay in step', () => {
    const peer = createPeer();
    const many = Array.from({ length: 20 }, (_, at) => [`x-${at}`, 'v'.repeat(700)] as const);
    const block = Buffer.from(encodeBlock([...REQUEST, ...many]));
    const bomb = Buffer.concat([Buffer.from([0x40, 1, 0x61, 0x7f, 0x81, 0x1e]), Buffer.alloc(4000, 'v')]);
    const indexed = Buffer.concat([Buffer.from(encodeBlock(REQUEST)), bomb, Buffer.alloc(10_000, 0xbe)]);
    expect(errorIn(peer.send(frame(HEADERS, { streamId: 1, flags: 4 }, indexed)))).toBe('reset 1 11');
    peer.send(frame(HEADERS, { streamId: 3, flags: 4 }, block));
    expect(peer.told).toEqual(['request 3 /p.S/M']);
  });

  test('above the limit of streams is refused', () => {
    const peer = createPeer({ maxStreams: 2 });
    expect(errorIn(peer.send(headers(1), headers(3), headers(5)))).toBe('reset 5 7');
    peer.send(word(rstStream, 1, 8), headers(7));
    expect(peer.told).toEqual(['request 1 /p.S/M', 'request 3 /p.S/M', 'close 1', 'request 7 /p.S/M']);
  });
});

describe('a fault of the connection', () => {
  test.each([
    ['no SETTINGS first', [headers(1)], 1],
    ['an acknowledgement first', [frame(FrameType.settings, { flags: 1 })], 1],
    ['a window of more than 2^31-1', [settings([4, 0x8000_0000])], 3],
  ])('%s ends it with GOAWAY', (_name, frames, code) => {
    const peer = createPeer({ start: 'preface' });
    expect(errorIn(peer.send(PREFACE, ...frames))).toBe(`goaway ${code}`);
    expect(isOver(peer.connection)).toBe(true);
  });

  test.each([
    ['DATA on stream 0', [data(0, 'x')], 1],
    ['DATA on a stream that was never opened', [data(1, 'x')], 1],
    ['HEADERS on an even stream', [headers(2)], 1],
    ['HEADERS with a lower stream', [headers(5), headers(3)], 1],
    ['HEADERS cut by another frame', [frame(HEADERS, { streamId: 1 }), frame(ping, {}, Buffer.alloc(8))], 1],
    [
      'CONTINUATION of another stream',
      [frame(HEADERS, { streamId: 1 }), frame(continuation, { streamId: 3 })],
      1,
    ],
    ['CONTINUATION without HEADERS', [frame(continuation, { streamId: 1, flags: 4 })], 1],
    ['HEADERS shorter than its priority', [frame(HEADERS, { streamId: 1, flags: 0x24 }, Buffer.alloc(3))], 6],
    [
      'HEADERS with too much padding',
      [frame(HEADERS, { streamId: 1, flags: 0xc }, Buffer.from([9, 0x82]))],
      1,
    ],
    ['a block that cannot be decoded', [frame(HEADERS, { streamId: 1, flags: 4 }, Buffer.from([0x80]))], 9],
    ['RST_STREAM on an idle stream', [word(rstStream, 1, 8)], 1],
    ['RST_STREAM of another length', [headers(1), frame(rstStream, { streamId: 1 }, Buffer.alloc(3))], 6],
    ['PING of another length', [frame(ping, {}, Buffer.alloc(7))], 6],
    ['PING on a stream', [frame(ping, { streamId: 1 }, Buffer.alloc(8))], 1],
    ['PUSH_PROMISE', [frame(FrameType.pushPromise, { streamId: 1 }, Buffer.alloc(8))], 1],
    ['GOAWAY that is cut off', [frame(FrameType.goaway, {}, Buffer.alloc(4))], 6],
    ['WINDOW_UPDATE by 0', [word(windowUpdate, 0, 0)], 1],
    ['WINDOW_UPDATE above 2^31-1', [word(windowUpdate, 0, 0x7fff_ffff)], 3],
    ['WINDOW_UPDATE on an idle stream', [word(windowUpdate, 1, 1)], 1],
    [
      'a stream window above 2^31-1 by SETTINGS',
      [headers(1), word(windowUpdate, 1, 0x7fff_0000), settings([4, 70_000])],
      3,
    ],
    ['SETTINGS with a length of its own', [frame(FrameType.settings, {}, Buffer.alloc(5))], 6],
    ['an acknowledgement with settings', [frame(FrameType.settings, { flags: 1 }, Buffer.alloc(6))], 6],
    ['ENABLE_PUSH of 2', [settings([2, 2])], 1],
    ['MAX_FRAME_SIZE of 1', [settings([5, 1])], 1],
    ['PRIORITY of another length on an idle stream', [frame(priority, { streamId: 1 }, Buffer.alloc(4))], 6],
    [
      'PRIORITY of an idle stream on itself',
      [frame(priority, { streamId: 1 }, Buffer.from([0, 0, 0, 1, 0]))],
      1,
    ],
    ['a frame above the limit', [frame(0xfa, {}, Buffer.alloc(16_385))], 6],
  ])('%s ends it with GOAWAY and closes what is open', (_name, frames, code) => {
    const peer = createPeer();
    expect(errorIn(peer.send(...frames))).toBe(`goaway ${code}`);
    const opened = peer.told.filter((line) => line.startsWith('request')).length;
    expect(peer.told.filter((line) => line.startsWith('close'))).toHaveLength(opened);
    expect(isOver(peer.connection)).toBe(true);
    expect(peer.send(headers(101))).toEqual([]);
  });
});

describe('a fault of a stream', () => {
  test.each([
    ['DATA after its end', [headers(1, REQUEST, { endStream: true }), data(1, 'x')], 'reset 1 5'],
    ['HEADERS after its end', [headers(1, REQUEST, { endStream: true }), headers(1)], 'reset 1 5'],
    ['a second HEADERS that does not end it', [headers(1), headers(1, [])], 'reset 1 1'],
    [
      'trailers with a pseudo-header',
      [headers(1), headers(1, [[':path', '/']], { endStream: true })],
      'reset 1 1',
    ],
    [
      'less than its content-length',
      [headers(1, [...REQUEST, ['content-length', '2']]), data(1, 'x', true)],
      'reset 1 1',
    ],
    [
      'more than its content-length',
      [headers(1, [...REQUEST, ['content-length', '1']]), data(1, 'xx')],
      'reset 1 1',
    ],
    ['WINDOW_UPDATE by 0', [headers(1), word(windowUpdate, 1, 0)], 'reset 1 1'],
    ['WINDOW_UPDATE above 2^31-1', [headers(1), word(windowUpdate, 1, 0x7fff_ffff)], 'reset 1 3'],
    [
      'PRIORITY of another length',
      [headers(1), frame(priority, { streamId: 1 }, Buffer.alloc(4))],
      'reset 1 6',
    ],
    [
      'PRIORITY on itself',
      [headers(1), frame(priority, { streamId: 1 }, Buffer.from([0, 0, 0, 1, 0]))],
      'reset 1 1',
    ],
  ] as const)('%s resets it', (_name, frames, error) => {
    const peer = createPeer();
    expect(errorIn(peer.send(...frames))).toBe(error);
    expect(peer.told.at(-1)).toBe('close 1');
    peer.send(headers(3));
    expect(peer.told.at(-1)).toBe('request 3 /p.S/M');
  });

  test('DATA after the peer reset it is STREAM_CLOSED, and HEADERS end the connection', () => {
    const peer = createPeer();
    expect(errorIn(peer.send(headers(1), word(rstStream, 1, 8), data(1, 'x')))).toBe('reset 1 5');
    const other = createPeer();
    const ended = headers(1, REQUEST, { endStream: true });
    expect(errorIn(other.send(ended, word(rstStream, 1, 8), headers(1)))).toBe('goaway 5');
  });
});

describe('floods', () => {
  const repeat = (times: number, bytes: Uint8Array) =>
    Buffer.concat(Array.from({ length: times }, () => bytes));

  const faulty = Buffer.concat([headers(1), word(windowUpdate, 1, 0)]);

  test.each([
    ['SETTINGS', repeat(101, settings())],
    ['acknowledgements of SETTINGS', repeat(101, frame(FrameType.settings, { flags: 1 }))],
    ['PING', repeat(10_001, frame(ping, {}, Buffer.alloc(8)))],
    ['PRIORITY', repeat(10_001, frame(priority, { streamId: 3 }, Buffer.alloc(5)))],
    ['frames of an unknown type', repeat(10_001, frame(0xfa))],
    ['empty DATA', Buffer.concat([headers(1), repeat(10_001, data(1, ''))])],
    [
      'empty DATA that ends a stream which was reset',
      Buffer.concat([faulty, repeat(LIMITS.resets.burst + 1, data(1, '', true))]),
    ],
    [
      'trailers of a stream which was reset',
      Buffer.concat([faulty, repeat(LIMITS.resets.burst + 1, headers(1, [], { endStream: true }))]),
    ],
    ['WINDOW_UPDATE', repeat(LIMITS.windowUpdates.burst + 1, word(windowUpdate, 0, 1))],
    [
      'empty CONTINUATION',
      Buffer.concat([frame(HEADERS, { streamId: 1 }), repeat(64, frame(continuation, { streamId: 1 }))]),
    ],
    [
      'long CONTINUATION',
      Buffer.concat([
        frame(HEADERS, { streamId: 1 }),
        repeat(5, frame(continuation, { streamId: 1 }, Buffer.alloc(16_384))),
      ]),
    ],
  ])('%s ends the connection with ENHANCE_YOUR_CALM', (_name, bytes) => {
    expect(
      errorIn(
        createPeer()
          .send(bytes)
          .filter(({ type }) => type === FrameType.goaway),
      ),
    ).toBe('goaway 11');
  });

  test('made-you-reset: 1000 faulty streams are reset, the next ends the connection', () => {
    const peer = createPeer();
    let last: string | undefined;
    for (let id = 1; id <= 2001; id += 2) last = errorIn(peer.send(headers(id), word(windowUpdate, id, 0)));
    expect(last).toBe('goaway 11');
    expect(peer.told.filter((line) => line.startsWith('close'))).toHaveLength(1001);
  });

  // 600 000 streams take some seconds, and more where every core has another test to run.
  test('rapid reset: 10 000 a second for a minute do no harm, and a burst beyond all reason ends', {
    timeout: 90_000,
  }, () => {
    const peer = createPeer();
    let id = 1;
    const burst = (streams: number) => {
      const frames: Buffer[] = [];
      for (let at = 0; at < streams; at += 1, id += 2) frames.push(headers(id), word(rstStream, id, 8));
      return errorIn(peer.send(Buffer.concat(frames)));
    };
    for (let second = 0; second < 60; second += 1) {
      peer.clock.nowMs += 1000;
      expect(burst(10_000)).toBeUndefined();
      peer.told.length = 0;
      peer.streams.length = 0;
    }
    expect(peer.connection.streams.size).toBe(0);
    expect(burst(LIMITS.resets.burst + 1)).toBe('goaway 11');
  });
});

describe('flow control', () => {
  const replyTo = (peer: ReturnType<typeof createPeer>, bytes: number) => {
    const stream = peer.streams.at(-1);
    if (stream === undefined) throw new Error('no stream');
    sendData(peer.connection, stream, [Buffer.alloc(bytes, 'x')]);
    return stream;
  };
  const sizes = (sent: ReturnType<ReturnType<typeof createPeer>['frames']>) =>
    sent.filter(({ type }) => type === FrameType.data).map(({ payload }) => payload.length);

  test('a prefix that is written anew for each message goes out as it was, now or when there is room', () => {
    const peer = createPeer();
    peer.send(settings([4, 8]), headers(1));
    const [stream] = peer.streams;
    if (stream === undefined) throw new Error('no stream');
    const prefix = Buffer.alloc(2);
    for (const text of ['1:', '2:', '3:']) {
      prefix.write(text);
      sendPrefixed(peer.connection, stream, { prefix, parts: [Buffer.from('ab'), Buffer.from('c')] });
    }
    prefix.fill('x');
    const sent = [...peer.frames(), ...peer.send(word(windowUpdate, 1, 100))];
    const body = Buffer.concat(
      sent.filter(({ type }) => type === FrameType.data).map(({ payload }) => payload),
    );
    expect([body.toString(), peer.usedBytes()]).toEqual(['1:abc2:abc3:abc', 0]);
  });

  test('data is cut at the frame limit and stops at the window, byte by byte if need be', () => {
    const peer = createPeer();
    peer.send(settings([4, 20_000]), headers(1));
    const stream = replyTo(peer, 20_002);
    expect(sizes(peer.frames())).toEqual([16_384, 3616]);
    expect(peer.usedBytes()).toBe(2);
    sendTrailers(peer.connection, stream, END_BLOCK);
    expect(sizes(peer.send(word(windowUpdate, 1, 1)))).toEqual([1]);
    const rest = peer.send(word(windowUpdate, 1, 1));
    expect([sizes(rest), rest.at(-1)?.type, peer.usedBytes()]).toEqual([[1], rstStream, 0]);
    expect(peer.told.at(-1)).toBe('close 1');
  });

  test('SETTINGS move the window of open streams, below zero too', () => {
    const peer = createPeer();
    peer.send(headers(1));
    replyTo(peer, 60_000);
    peer.frames();
    peer.send(settings([4, 0]));
    replyTo(peer, 10);
    expect(sizes(peer.frames())).toEqual([]);
    expect(sizes(peer.send(settings([4, 60_000])))).toEqual([]);
    expect(sizes(peer.send(settings([4, 60_004])))).toEqual([4]);
  });

  test('streams share the window of the connection, in the order in which they came to wait', () => {
    const peer = createPeer();
    peer.send(settings([4, 1 << 20]), headers(1));
    replyTo(peer, 65_530);
    peer.frames();
    peer.send(headers(3));
    replyTo(peer, 8);
    peer.send(headers(5));
    replyTo(peer, 4);
    const sent = peer.send(word(windowUpdate, 0, 6));
    expect(sent.map(({ streamId, payload }) => [streamId, payload.length])).toEqual([
      [3, 3],
      [5, 3],
    ]);
  });

  test('what the socket has not taken counts against the budget past 512 KiB, whatever the windows', () => {
    const peer = createPeer();
    peer.send(settings([4, 0x7fff_ffff]), word(windowUpdate, 0, 0x7000_0000), headers(1));
    replyTo(peer, 1_000_000);
    expect(peer.usedBytes()).toBeGreaterThanOrEqual(1_000_000 - 512 * 1024);
  });

  test('a stream whose replies no memory is left for is reset, and gives all back', () => {
    const peer = createPeer({ budgetBytes: 1000 });
    peer.send(settings([4, 0]), headers(1), headers(3));
    const [first] = peer.streams;
    if (first === undefined) throw new Error('no stream');
    sendData(peer.connection, first, [Buffer.alloc(900)]);
    replyTo(peer, 200);
    expect(errorIn(peer.frames())).toBe('reset 3 11');
    peer.send(word(rstStream, 1, 8));
    expect(peer.usedBytes()).toBe(0);
  });

  test('a stalled stream that the handler of another one resets sends nothing and gives all back once', () => {
    const streams: Http2Stream<unknown>[] = [];
    const other = () => {
      const [, second] = streams;
      if (second !== undefined) resetStream(peer.connection, second, ErrorCode.cancel);
    };
    const peer = createPeer({
      handlers: {
        onRequest: (_connection, stream) => void streams.push(stream),
        onData: () => undefined,
        onDrained: other,
        onEnd: () => undefined,
        onClose: () => undefined,
      },
    });
    peer.send(settings([4, 0]), headers(1), headers(3));
    for (const stream of streams) sendData(peer.connection, stream, [Buffer.alloc(10)]);
    const sent = peer.send(settings([4, 100]));
    expect(sent.filter(({ streamId }) => streamId === 3).map(({ type }) => type)).toEqual([rstStream]);
    expect(peer.usedBytes()).toBe(0);
  });

  test('what the peer may send is given back in few updates, and more than that is a fault', () => {
    const peer = createPeer();
    const full = data(1, Buffer.alloc(16_384));
    const updates = peer
      .send(headers(1), ...Array.from({ length: 600 }, () => full))
      .filter(({ type }) => type === windowUpdate);
    expect(updates.length).toBe(1 + 4);
    expect(updates.reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0)).toBeGreaterThan(
      600 * 16_384 * 0.9,
    );
  });

  test('a stream whose replies wait gets no more of the window', () => {
    const peer = createPeer();
    peer.send(settings([4, 0]), headers(1));
    replyTo(peer, 10);
    const full = data(1, Buffer.alloc(16_384));
    const sent = peer.send(...Array.from({ length: 256 }, () => full));
    expect(sent.filter(({ type, streamId }) => type === windowUpdate && streamId === 1)).toEqual([]);
    expect(errorIn(peer.send(full))).toBe('reset 1 3');
  });
});

describe('a shutdown', () => {
  test('forbids nothing at first, then names the last stream, and is over with it', () => {
    const peer = createPeer();
    peer.send(headers(1));
    announceShutdown(peer.connection);
    const [first] = peer.frames();
    expect([first?.payload.readUInt32BE(0), first?.payload.readUInt32BE(4)]).toEqual([0x7fff_ffff, 0]);
    peer.send(headers(3));
    finishShutdown(peer.connection);
    const [second] = peer.frames();
    expect([second?.payload.readUInt32BE(0), second?.payload.readUInt32BE(4)]).toEqual([3, 0]);
    expect(errorIn(peer.send(headers(5)))).toBe('reset 5 7');
    peer.send(word(rstStream, 1, 8));
    expect(isOver(peer.connection)).toBe(false);
    peer.send(word(rstStream, 3, 8));
    expect(isOver(peer.connection)).toBe(true);
  });

  test('is not followed by a GOAWAY that names a higher stream', () => {
    const peer = createPeer();
    peer.send(headers(1));
    finishShutdown(peer.connection);
    peer.frames();
    const [refusal, goaway] = peer.send(headers(3), frame(ping, {}, Buffer.alloc(7)));
    expect([refusal?.type, goaway?.type, goaway?.payload.readUInt32BE(0)]).toEqual([
      rstStream,
      FrameType.goaway,
      1,
    ]);
  });

  test('of the peer ends the connection with its last stream', () => {
    const peer = createPeer();
    peer.send(headers(1), frame(FrameType.goaway, {}, Buffer.alloc(8)));
    expect(isOver(peer.connection)).toBe(false);
    peer.send(word(rstStream, 1, 8));
    expect(isOver(peer.connection)).toBe(true);
  });
});

test('a peer that named a table size is answered before the next block, once', () => {
  const peer = createPeer();
  peer.send(settings([1, 0]), headers(1), headers(3));
  for (const stream of peer.streams) sendHeaders(peer.connection, stream, OK_BLOCK);
  expect(peer.frames().map(({ payload }) => payload.toString('hex'))).toEqual(['2088', '88']);
});

test('PING is answered with its bytes, and the answer to ours is told', () => {
  const peer = createPeer();
  const [sent] = peer.send(frame(ping, {}, Buffer.from('8 bytes!')));
  expect([sent?.type, sent?.flags, sent?.payload.toString()]).toEqual([ping, 1, '8 bytes!']);
  peer.send(frame(ping, { flags: 1 }, Buffer.alloc(8)));
  expect(peer.told).toEqual(['pong']);
});

describe('whatever bytes arrive', () => {
  const valid = fc.array(
    fc.oneof(
      fc.tuple(fc.nat(4), fc.boolean()).map(([at, endStream]) => headers(2 * at + 1, REQUEST, { endStream })),
      fc
        .tuple(fc.nat(4), fc.string({ maxLength: 30 }), fc.boolean())
        .map(([at, text, end]) => data(2 * at + 1, text, end)),
      fc.tuple(fc.nat(4), fc.nat(70_000)).map(([at, by]) => word(windowUpdate, at, by)),
      fc.nat(4).map((at) => word(rstStream, 2 * at + 1, 8)),
      fc.nat(100_000).map((size) => settings([4, size])),
      fc.constant(frame(ping, {}, Buffer.alloc(8))),
    ),
    { maxLength: 20 },
  );
  const mutation = fc.record({ at: fc.nat(600), to: fc.nat(255) });

  test('a mutated byte gives an event or a connection error, never a throw, and each request closes once', () => {
    fc.assert(
      fc.property(valid, fc.array(mutation, { maxLength: 3 }), (frames, mutations) => {
        const bytes = Buffer.concat([PREFACE, settings(), ...frames]);
        for (const { at, to } of mutations) if (at < bytes.length) bytes[at] = to;
        const peer = createPeer({ start: 'preface' });
        peer.send(bytes);
        for (const stream of peer.streams) sendTrailers(peer.connection, stream, END_BLOCK);
        const opened = peer.told
          .filter((line) => line.startsWith('request'))
          .map((line) => line.split(' ')[1]);
        const closed = peer.told.filter((line) => line.startsWith('close')).map((line) => line.split(' ')[1]);
        expect([...closed].sort()).toEqual([...opened].sort());
        expect(peer.usedBytes()).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});
