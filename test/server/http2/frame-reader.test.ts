import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PREFACE } from '../../../src/server/http2/frame.ts';
import { createFrameReader, readFrames } from '../../../src/server/http2/frame-reader.ts';
import { frame } from './peer.ts';

/** What a reader makes of pieces: adjacent slices of DATA joined, so that cuts do not show. */
function read(pieces: readonly Uint8Array[]): readonly string[] {
  const events: string[] = [];
  let held: string[] = [];
  const reader = createFrameReader({
    onHeader: ({ type, length, streamId }) => {
      events.push(`header ${type} ${length} ${streamId}`);
      held = [];
      return undefined;
    },
    onData: (streamId, { bytes, flowBytes, endStream }) => {
      held.push(Buffer.from(bytes).toString('hex'), '.'.repeat(flowBytes));
      const flow = held.filter((_, at) => at % 2 === 1).join('').length;
      const whole = `data ${streamId} ${held.filter((_, at) => at % 2 === 0).join('')} ${flow} ${endStream}`;
      if (events.at(-1)?.startsWith('data')) events.pop();
      events.push(whole);
      return undefined;
    },
    onFrame: ({ type }, payload) => {
      events.push(`frame ${type} ${Buffer.from(payload).toString('hex')}`);
      return undefined;
    },
  });
  for (const piece of pieces) {
    const problem = readFrames(reader, piece);
    if (problem !== undefined) return [...events, `fault ${problem.code} ${problem.reason}`];
  }
  return events;
}

const anyFrame = fc
  .record({
    type: fc.integer({ min: 0, max: 12 }),
    flags: fc.constantFrom(0, 1, 4, 8, 9, 0x20, 0x2d),
    streamId: fc.nat(9),
    payload: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ type, flags, streamId, payload }) => frame(type, { flags, streamId }, payload));

describe('frames, however the socket cuts them', () => {
  test('give the same events', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (frames, cuts) => {
          const bytes = Buffer.concat([PREFACE, ...frames]);
          const places = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((a, b) => a - b);
          const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
          expect(read(pieces)).toEqual(read([bytes]));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('give the same events one byte at a time', () => {
    const frames = [
      frame(0, { flags: 9, streamId: 3 }, Buffer.from('02616263f0f0', 'hex')),
      frame(0xfa, { streamId: 3 }, Buffer.alloc(20)),
      frame(4, {}, Buffer.from('000100000000', 'hex')),
      frame(0, { flags: 1, streamId: 3 }),
    ];
    const bytes = Buffer.concat([PREFACE, ...frames]);
    const events = read(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(events).toEqual([
      'header 0 6 3',
      'data 3 616263 6 true',
      'header 250 20 3',
      'header 4 6 0',
      'frame 4 000100000000',
      'header 0 0 3',
      'data 3  0 true',
    ]);
    expect(read([bytes])).toEqual(events);
  });
});

test.each([
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\n'), 'fault 1 no HTTP/2 preface'],
  [
    'more padding than payload',
    Buffer.concat([PREFACE, frame(0, { flags: 8, streamId: 1 }, Buffer.from('0561', 'hex'))]),
    'fault 1 more padding than payload',
  ],
  [
    'padded DATA without its length',
    Buffer.concat([PREFACE, frame(0, { flags: 8, streamId: 1 })]),
    'fault 6 DATA without its padding',
  ],
])('%s is a fault', (_name, bytes, fault) => {
  expect(read([bytes]).at(-1)).toBe(fault);
});
