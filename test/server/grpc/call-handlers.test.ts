import { describe, expect, test } from 'vitest';
import { createCallHandlers } from '../../../src/server/grpc/call-handlers.ts';
import type { GrpcCall } from '../../../src/server/grpc/grpc-call.ts';
import { closeAllStreams } from '../../../src/server/http2/connection.ts';
import { FrameType, PREFACE } from '../../../src/server/http2/frame.ts';
import { createHpackDecoder } from '../../../src/server/http2/hpack/decoder.ts';
import type { HeaderField } from '../../../src/server/http2/hpack/encoder.ts';
import type { Call, CallHandlers, Method } from '../../../src/server/method.ts';
import { StatusCode } from '../../../src/server/status.ts';
import type { TimerWheel } from '../../../src/server/timer-wheel.ts';
import { createBufferBudget } from '../../../src/state/buffer-budget.ts';
import type { SentFrame } from '../http2/peer.ts';
import { createLink, data, frame, headers, REQUEST, settings, word } from '../http2/peer.ts';

type Bytes = readonly Uint8Array[];
type Accept = (call: Call<Bytes>, note: (line: string) => void) => Partial<CallHandlers<Uint8Array>>;

/** Answers each message with its own bytes, and ends with the client. */
const echo: Accept = (call, note) => ({
  onMessage: (message) => {
    note(`message ${Buffer.from(message).toString()}`);
    call.send([message]);
  },
  onHalfClose: () => {
    note('half-close');
    call.end();
  },
});

/** A server with one method in memory; the wheel is turned by hand. */
function serve(accept: Accept = echo, limits: { readonly budgetBytes?: number } = {}) {
  const told: string[] = [];
  const faults: unknown[] = [];
  const armed = new Map<() => void, number>();
  const budget = createBufferBudget(limits.budgetBytes ?? 1000);
  const method: Method = {
    path: '/p.S/M',
    accept: (call) => {
      const note = (line: string) => void told.push(line);
      const nothing = () => undefined;
      const handlers = { onMessage: nothing, onHalfClose: nothing, ...accept(call, note) };
      const onClose = () => {
        note('close');
        handlers.onClose?.();
      };
      return { ...handlers, onClose };
    },
  };
  const wheel: Pick<TimerWheel, 'timer'> = {
    timer: (onDue) => ({ arm: (ms) => void armed.set(onDue, ms), disarm: () => void armed.delete(onDue) }),
  };
  const handlers = createCallHandlers([method], {
    maxReceiveBytes: 100,
    budget,
    wheel: { ...wheel, run: () => Promise.resolve() },
    onFault: (error) => void faults.push(error),
  });
  const link = createLink<GrpcCall>({ handlers, budget });
  link.send(PREFACE, settings());
  return { ...link, told, faults, armed, usedBytes: budget.used };
}

function message(text: string, { flag = 0, length = text.length } = {}): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, Buffer.from(text)]);
}

/** What was sent, each block with its fields and data as text, without updates of windows. */
function read(sent: readonly SentFrame[]): readonly string[] {
  return sent
    .filter(({ type }) => type !== FrameType.windowUpdate && type !== FrameType.settings)
    .map(({ type, flags, streamId, payload }) => {
      const end = (flags & 1) === 1 ? ' end' : '';
      if (type === FrameType.headers) return `${streamId}${end} ${fieldsOf(payload)}`;
      if (type === FrameType.data) return `${streamId}${end} ${payload.toString('latin1')}`;
      return `${streamId} reset ${payload.readUInt32BE(0)}`;
    });
}

function fieldsOf(block: Uint8Array): string {
  const fields: string[] = [];
  const onField = ({ name, value }: { readonly name: string; readonly value: string }) =>
    void fields.push(`${name}: ${value}`);
  createHpackDecoder({ maxTableBytes: 4096, onField }).decode(block);
  return fields.join(', ');
}

/** The status of a call that has sent no message, and was reset because its client had not ended. */
const failed = (code: number, text: string) => [
  `1 end :status: 200, content-type: application/grpc, grpc-accept-encoding: identity, grpc-status: ${code}, grpc-message: ${text}`,
  '1 reset 0',
];

const withFields = (...fields: readonly HeaderField[]) => headers(1, [...REQUEST, ...fields]);
const changed = (name: string, value: string, streamId = 1) =>
  headers(
    streamId,
    REQUEST.map((field) => (field[0] === name ? [name, value] : field)),
    { endStream: true },
  );

test('messages are answered as they come, and the status follows them', () => {
  const server = serve();
  const body = Buffer.concat([message('a'), message('bc')]);
  expect(
    read(server.send(headers(1), data(1, body.subarray(0, 8)), data(1, body.subarray(8), true))),
  ).toEqual([
    '1 :status: 200, content-type: application/grpc, grpc-accept-encoding: identity',
    '1 \0\0\0\0\u0001a',
    '1 \0\0\0\0\u0002bc',
    '1 end grpc-status: 0',
  ]);
  expect(server.told).toEqual(['message a', 'message bc', 'half-close', 'close']);
});

describe('a call ends with', () => {
  test.each([
    ['UNIMPLEMENTED for an unknown path', [changed(':path', '/p.S/N')], 12, 'no method /p.S/N'],
    [
      'INTERNAL for a malformed grpc-timeout',
      [withFields(['grpc-timeout', '1x'])],
      13,
      'grpc-timeout is no time',
    ],
    [
      'UNIMPLEMENTED for a compressed message',
      [withFields(['grpc-encoding', 'gzip']), data(1, message('a', { flag: 1 }))],
      12,
      'no grpc-encoding but identity: gzip',
    ],
    [
      'INTERNAL for a compressed message without an encoding',
      [headers(1), data(1, message('a', { flag: 1 }))],
      13,
      'a compressed message without a grpc-encoding',
    ],
    [
      'INTERNAL for an unknown flag',
      [headers(1), data(1, message('a', { flag: 2 }))],
      13,
      'a message with an unknown flag',
    ],
    [
      'RESOURCE_EXHAUSTED for a message that is too large',
      [headers(1), data(1, message('', { length: 101 }))],
      8,
      'a message of more than 100 bytes',
    ],
    [
      'INTERNAL when the request ends inside a message',
      [headers(1), data(1, message('ab', { length: 3 }), true)],
      13,
      'the request ends inside a message',
    ],
    [
      'INTERNAL when the request ends inside a prefix',
      [headers(1), data(1, Buffer.alloc(4), true)],
      13,
      'the request ends inside a message',
    ],
  ])('%s', (_name, frames, code, text) => {
    const server = serve();
    expect(read(server.send(...frames)).slice(0, 1)).toEqual(failed(code, text).slice(0, 1));
    expect([server.connection.streams.size, server.usedBytes(), server.armed.size]).toEqual([0, 0, 0]);
  });

  test('DEADLINE_EXCEEDED when its grpc-timeout has passed', () => {
    const server = serve();
    server.send(withFields(['grpc-timeout', '2S']));
    expect([...server.armed.values()]).toEqual([2000]);
    for (const due of server.armed.keys()) due();
    expect(read(server.frames())).toEqual(failed(4, 'deadline exceeded'));
    expect([server.told, server.armed.size]).toEqual([['close'], 0]);
  });

  test('nothing left of its deadline when its client resets it', () => {
    const server = serve();
    server.send(withFields(['grpc-timeout', '2S']), word(FrameType.rstStream, 1, 8));
    expect([server.told, server.armed.size]).toEqual([['close'], 0]);
  });
});

describe('a request that is no gRPC', () => {
  const text = 'This port speaks gRPC.\n';
  const head = (status: string) =>
    `1 :status: ${status}content-type: text/plain, content-length: ${text.length}`;

  test.each([
    ['GET', changed(':method', 'GET'), [head('405, allow: POST, '), `1 ${text}`, '1 end ']],
    ['HEAD', changed(':method', 'HEAD'), [head('405, allow: POST, '), '1 end ']],
    [
      'another content-type',
      changed('content-type', 'application/json'),
      [head('415, '), `1 ${text}`, '1 end '],
    ],
    [
      'a longer content-type',
      changed('content-type', 'application/grpc-web'),
      [head('415, '), `1 ${text}`, '1 end '],
    ],
  ])('%s gets a status of HTTP', (_name, request, answer) => {
    const server = serve();
    expect(read(server.send(request))).toEqual(answer);
    expect([server.told, server.connection.streams.size]).toEqual([[], 0]);
  });

  test('is answered when its body, which costs nothing, has ended', () => {
    const server = serve();
    const request = headers(1, [...REQUEST.slice(0, 4), ['content-type', 'text/html']]);
    expect(read(server.send(request, data(1, Buffer.alloc(5000))))).toEqual([]);
    expect(server.usedBytes()).toBe(0);
    expect(read(server.send(data(1, 'x', true)))[0]).toMatch(/^1 :status: 415/);
  });
});

describe('the bytes of a message that is not whole', () => {
  const part = message('0123456789', { length: 50 });

  test.each([
    ['its rest comes', data(1, '0'.repeat(40))],
    ['its client resets the call', word(FrameType.rstStream, 1, 8)],
    ['its request ends', data(1, '', true)],
    ['a fault ends the connection', frame(FrameType.ping, {}, Buffer.alloc(7))],
  ])('are held until %s', (_name, end) => {
    const server = serve();
    server.send(headers(1), data(1, part));
    expect(server.usedBytes()).toBe(10);
    server.send(end);
    expect(server.usedBytes()).toBe(0);
  });

  test('are held until the socket closes', () => {
    const server = serve();
    server.send(headers(1), data(1, part));
    closeAllStreams(server.connection);
    expect([server.usedBytes(), server.told]).toEqual([0, ['close']]);
  });

  test('end the call if there is no memory for them, and give all back', () => {
    const server = serve(echo, { budgetBytes: 15 });
    server.send(headers(3), data(3, part));
    expect(read(server.send(headers(5), data(5, part)))).toEqual(
      failed(8, 'too many bytes are held').map((line) => line.replace('1 ', '5 ')),
    );
    expect(server.usedBytes()).toBe(10);
    server.send(word(FrameType.rstStream, 3, 8));
    expect([server.usedBytes(), server.told]).toEqual([0, ['close', 'close']]);
  });
});

test('a head of more than 4 KiB counts as long as its call lasts, and ends it if there is no memory', () => {
  const server = serve(echo, { budgetBytes: 2000 });
  const long = [...REQUEST, ['x', 'v'.repeat(5000)]] as const;
  const size = long.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
  server.send(headers(3, long));
  expect(server.usedBytes()).toBe(size - 4096);
  expect(read(server.send(headers(5, long)))).toEqual(
    failed(8, 'too many bytes are held').map((line) => line.replace('1 ', '5 ')),
  );
  server.send(word(FrameType.rstStream, 3, 8));
  expect([server.usedBytes(), server.told]).toEqual([0, ['close']]);
});

describe('a handler that throws costs its call and no other', () => {
  const boom = new Error('boom');
  const throwing = () => {
    throw boom;
  };
  const accepts: readonly (readonly [string, Accept])[] = [
    ['on accept', throwing],
    ['on a message', () => ({ onMessage: throwing })],
    ['on half-close', () => ({ onHalfClose: throwing })],
  ];

  test.each(accepts)('%s', (_name, accept) => {
    let calls = 0;
    const server = serve((call, note) => (++calls === 2 ? accept(call, note) : echo(call, note)));
    server.send(headers(1));
    expect(read(server.send(headers(3), data(3, message('a'), true)))[0]).toBe(
      failed(13, 'internal error')[0]?.replace('1 ', '3 '),
    );
    expect([server.faults, server.usedBytes()]).toEqual([[boom], 0]);
    expect(read(server.send(data(1, message('b'), true))).at(-1)).toBe('1 end grpc-status: 0');
  });

  test('on close, when nothing is left to answer', () => {
    const server = serve(() => ({ onClose: throwing }));
    expect(read(server.send(headers(1), word(FrameType.rstStream, 1, 8)))).toEqual([]);
    expect([server.faults, server.connection.streams.size]).toEqual([[boom], 0]);
  });
});

describe('while replies wait for a slow reader', () => {
  test('messages wait as well, against the budget, and the end of the request behind them', () => {
    const server = serve();
    server.send(settings([4, 3]), headers(1), data(1, message('a')));
    server.send(data(1, message('b')), data(1, message('c'), true));
    expect([server.told, server.usedBytes()]).toEqual([['message a'], 3 + 12]);
    expect(read(server.send(word(FrameType.windowUpdate, 1, 3 + 5)))).toEqual([
      '1 \0\u0001a',
      '1 \0\0\0\0\u0001',
    ]);
    expect([server.told, server.usedBytes()]).toEqual([['message a', 'message b'], 1 + 6]);
    server.send(word(FrameType.windowUpdate, 1, 7));
    expect(server.told).toEqual(['message a', 'message b', 'message c', 'half-close', 'close']);
    expect(server.usedBytes()).toBe(0);
  });

  test('messages of one slice wait too, and are counted', () => {
    const server = serve();
    const body = Buffer.concat([message('a'), message('b')]);
    server.send(settings([4, 3]), headers(1), data(1, body));
    expect([server.told, server.usedBytes()]).toEqual([['message a'], 3 + 6]);
    server.send(word(FrameType.rstStream, 1, 8));
    expect([server.told, server.usedBytes()]).toEqual([['message a', 'close'], 0]);
  });

  test('a backlog of single bytes stays in few pieces', () => {
    const server = serve(echo, { budgetBytes: 10_000 });
    server.send(settings([4, 3]), headers(1), data(1, message('a')));
    const body = Buffer.alloc(3000);
    for (let at = 0; at < body.length; at += 1) server.send(data(1, body.subarray(at, at + 1)));
    expect(server.connection.streams.get(1)?.owner?.backlog).toEqual([new Uint8Array(3000)]);
  });
});

test('a call that its method ends at once is closed as any other', () => {
  const server = serve((call) => {
    call.end({ code: StatusCode.unavailable, message: 'not here' });
    return {};
  });
  expect(read(server.send(headers(1), data(1, message('a'))))).toEqual(failed(14, 'not here'));
  expect(server.told).toEqual(['close']);
});

test('a method that sends after the end, or after the close, says nothing', () => {
  let call: Call<Bytes> | undefined;
  const server = serve((accepted) => {
    call = accepted;
    return { onMessage: () => accepted.end() };
  });
  server.send(headers(1), data(1, message('a')));
  call?.send([Buffer.from('late')]);
  call?.end();
  expect([read(server.frames()), server.faults]).toEqual([[], []]);
});
