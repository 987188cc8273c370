import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventSplitter } from '../../src/extproc/event-splitter.ts';
import { inChunks } from '../core/json-documents.ts';
import { allCuts } from './cuts.ts';

/** What a splitter hands over of the chunks, as text. */
function split(chunks: readonly Uint8Array[]) {
  const events: string[] = [];
  const parts: { readonly text: string; readonly isLast: boolean }[] = [];
  const splitter = createEventSplitter({
    event: (bytes) => void events.push(bytes.toString()),
    part: (bytes, isLast) => void parts.push({ text: bytes.toString(), isLast }),
  });
  for (const chunk of chunks) splitter.push(chunk);
  return { events, parts, rest: Buffer.concat(splitter.takeRest()).toString() };
}

const event = fc
  .tuple(
    fc.array(fc.constantFrom('data: {"a":1}', 'data:', 'id: 7', ': a comment', 'data: é', 'event: x'), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([lines, end]) => lines.map((line) => line + end).join('') + end);
const stream = fc.tuple(
  fc.array(event, { maxLength: 5 }),
  fc.constantFrom('', 'data: un', 'data: done\n', 'data: done\r'),
);

describe('createEventSplitter', () => {
  it('holds an event in few pieces, however small those are that it came in', () => {
    const splitter = createEventSplitter({ event: () => undefined, part: () => undefined });
    for (let count = 0; count < 10_000; count += 1) splitter.push(Buffer.from('x'));
    const rest = splitter.takeRest();
    expect(Buffer.concat(rest).toString()).toBe('x'.repeat(10_000));
    expect(rest.length).toBeLessThan(4);
  });

  it('finds the same events wherever the stream is cut', () => {
    const cut = stream.chain(([events, rest]) =>
      fc.tuple(fc.constant({ events, parts: [], rest }), inChunks(Buffer.from(events.join('') + rest))),
    );
    fc.assert(
      fc.property(cut, ([expected, chunks]) => {
        expect(split(chunks)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a blank line that is cut between CR and LF', () => {
    const text = 'data: 1\r\n\r\ndata: 2\r\n\r\n';
    for (const chunks of allCuts(text)) {
      expect(split(chunks).events).toEqual(['data: 1\r\n\r\n', 'data: 2\r\n\r\n']);
    }
  });

  it('takes an event whose lines end with CR alone the moment it is whole', () => {
    for (const chunks of allCuts('data: 1\r\rdata: 2\r\r')) {
      expect(split(chunks)).toEqual({ events: ['data: 1\r\r', 'data: 2\r\r'], parts: [], rest: '' });
    }
  });

  it('gives no byte twice or to nobody where line ends are mixed, whatever the cut', () => {
    const mixed = fc.array(fc.constantFrom('x', '\r', '\n', '\r\n', '\r\r'), { maxLength: 12 });
    const cut = mixed.map((pieces) => Buffer.from(pieces.join(''))).chain((bytes) => inChunks(bytes));
    fc.assert(
      fc.property(cut, (chunks) => {
        const { events, rest } = split(chunks);
        expect(events.join('') + rest).toBe(Buffer.concat(chunks).toString());
        for (const each of events) expect(each).toMatch(/^\n?(x*(\r\n|\n|\r))*$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('looks at each byte of a chunk once, however many lines it has', () => {
    let count = 0;
    const splitter = createEventSplitter({
      event: () => {
        count += 1;
      },
      part: () => undefined,
    });
    // Searched anew for each line, a chunk like this would take minutes.
    splitter.push(Buffer.alloc(4 << 20, '\n'));
    expect(count).toBe(4 << 20);
  });

  it('hands an event of more than 16 KiB over in parts, and goes on with the next one', () => {
    const long = `data: ${'x'.repeat(40_000)}\n\n`;
    const bytes = Buffer.from(`${long}data: 2\n\n`);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, at) =>
      bytes.subarray(at * 1000, (at + 1) * 1000),
    );
    const { events, parts, rest } = split(chunks);
    expect([parts.map(({ text }) => text).join('') === long, parts.at(-1)?.isLast, events, rest]).toEqual([
      true,
      true,
      ['data: 2\n\n'],
      '',
    ]);
    expect(parts.filter(({ isLast }) => isLast).length).toBe(1);
    // No more than the longest event that is put together, and the chunk that made it too long.
    expect(Math.max(...parts.map(({ text }) => text.length))).toBeLessThanOrEqual(16 * 1024 + 1000);
  });
});
