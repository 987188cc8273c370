import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResponseKind } from '../../src/extproc/response-reader.ts';
import { createResponseReader, responseKind } from '../../src/extproc/response-reader.ts';
import { inChunks } from '../core/json-documents.ts';
import { allCuts } from './cuts.ts';

/** What a reader says of a body in chunks, and what it lets through. */
function read(chunks: readonly Uint8Array[], kind: ResponseKind, withholdsUsage = false) {
  const reader = createResponseReader(kind, { streamed: kind === 'events', withholdsUsage });
  const passed = chunks.flatMap((chunk) => reader.push(chunk));
  return {
    passed: Buffer.concat([...passed, ...reader.takeRest()]).toString(),
    begun: reader.begun(),
    usage: reader.usage(),
    finishReason: reader.finishReason(),
  };
}

/** The same for every way to cut a text in two, and for single bytes. */
function readAllCuts(text: string, kind: ResponseKind) {
  const results = allCuts(text).map((chunks) => read(chunks, kind));
  const [first] = results;
  for (const result of results) expect(result).toEqual(first);
  expect(first?.passed).toBe(text);
  return { begun: first?.begun, usage: first?.usage, finishReason: first?.finishReason };
}

const sse = (...events: readonly unknown[]) =>
  events.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('');
const chat = (delta: object, finish_reason: string | null = null) => ({
  id: 'chatcmpl-1',
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
});
const USAGE = { prompt_tokens: 12, total_tokens: 19, completion_tokens: 7 };
const OPENING = chat({ role: 'assistant', content: '' });
const USAGE_EVENT = { id: 'chatcmpl-1', choices: [], usage: USAGE };
const TOKENS = { promptTokens: 12, completionTokens: 7 };

describe('a JSON answer', () => {
  it('tells usage and finish reason wherever it is cut', () => {
    const text = JSON.stringify({
      model: 'm',
      choices: [{ index: 0, text: 'not "usage":{"prompt_tokens":1} yet \u00e9', finish_reason: 'length' }],
      usage: { ...USAGE, prompt_tokens_details: null },
    });
    expect(readAllCuts(text, 'json')).toEqual({ begun: true, usage: TOKENS, finishReason: 'length' });
  });

  it.each([
    ['of Responses', { status: 'completed', usage: { input_tokens: 3, output_tokens: 4 } }, 'completed'],
    ['of Messages', { stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 4 } }, 'end_turn'],
    [
      'nested',
      { response: { status: 'incomplete', usage: { input_tokens: 3, output_tokens: 4 } } },
      'incomplete',
    ],
  ])('%s', (_, answer, finishReason) => {
    expect(readAllCuts(JSON.stringify(answer), 'json')).toEqual({
      begun: true,
      usage: { promptTokens: 3, completionTokens: 4 },
      finishReason,
    });
  });

  it('of an embedding has no completion', () => {
    const text = '{"data":[{"embedding":[0.1,-2e3]}],"usage":{"prompt_tokens":5,"total_tokens":5}}';
    expect(readAllCuts(text, 'json').usage).toEqual({ promptTokens: 5, completionTokens: 0 });
  });

  it.each([
    '{"usage":null}',
    '{"usage":{"prompt_tokens":"5"}}',
    '{"usage":{"prompt_tokens":-5}}',
    '{"usage":{"prompt_tokens":1000000001}}',
    '{"usage":{"prompt_tokens":1e300}}',
    '{"usage":[1]}',
    '{"a":{"b":{"usage":{"prompt_tokens":5}}}}',
    '{"choices":[{"usage":{"prompt_tokens":5}}]}',
    'no JSON {"usage":{"prompt_tokens":5}}',
  ])('without a usage of its own tells none: %s', (text) => {
    expect(readAllCuts(text, 'json').usage).toBe(undefined);
  });

  it('whose finish reason is no word, but a text, has none', () => {
    const answer = (reason: string) => JSON.stringify({ choices: [{ finish_reason: reason }] });
    const reasons = [answer('x'.repeat(64)), answer('x'.repeat(65))].map(
      (text) => read([Buffer.from(text)], 'json').finishReason?.length,
    );
    expect(reasons).toEqual([64, undefined]);
  });

  it('of 64 MiB is read on its way', () => {
    const piece = Buffer.from('x'.repeat(1 << 20));
    const reader = createResponseReader('json', { streamed: false, withholdsUsage: false });
    reader.push(Buffer.from('{"choices":[{"text":"'));
    for (let count = 0; count < 64; count += 1) reader.push(piece);
    reader.push(Buffer.from(`","finish_reason":"stop"}],"usage":${JSON.stringify(USAGE)}}`));
    expect([reader.usage(), reader.finishReason()]).toEqual([TOKENS, 'stop']);
  });

  it('keeps no value that is too long to be a usage', () => {
    const text = `{"usage":{"prompt_tokens":12,"x":"${'x'.repeat(40_000)}"},"stop_reason":"stop"}`;
    const bytes = Buffer.from(text);
    const chunks = Array.from({ length: 41 }, (_, at) => bytes.subarray(at * 1000, (at + 1) * 1000));
    expect(read(chunks, 'json')).toMatchObject({ usage: undefined, finishReason: 'stop', passed: text });
  });
});

describe('an event stream', () => {
  it('tells the usage of its last event, wherever it and [DONE] are cut', () => {
    const text = sse(OPENING, chat({ content: 'Hi' }), chat({ content: '' }, 'stop'), USAGE_EVENT, '[DONE]');
    expect(readAllCuts(text, 'events')).toEqual({ begun: true, usage: TOKENS, finishReason: 'stop' });
  });

  it('may end its lines as the standard allows', () => {
    const text = sse(OPENING, chat({ content: 'a' }), chat({}, 'stop'), USAGE_EVENT, '[DONE]');
    for (const end of ['\r\n', '\r']) {
      const told = readAllCuts(text.replaceAll('\n', end), 'events');
      expect(told).toEqual({ begun: true, usage: TOKENS, finishReason: 'stop' });
    }
  });

  it('begins with the first event that has content', () => {
    const beginnings = [
      [OPENING, false],
      [chat({ content: null }), false],
      [{ choices: [{ text: '' }] }, false],
      [{ choices: [] }, false],
      ['[DONE]', false],
      ['{broken', false],
      [chat({ content: 'Hi' }), true],
      [chat({ reasoning: 'Hm' }), true],
      [chat({ reasoning_content: 'Hm' }), true],
      [chat({ tool_calls: [{ index: 0 }] }), true],
      [chat({ tool_calls: [] }), false],
      [{ choices: [{ text: 'Hi' }] }, true],
      [{ type: 'response.created', response: { status: 'in_progress', usage: null } }, false],
      [{ type: 'response.output_text.delta', delta: 'Hi' }, true],
      [{ type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi' } }, true],
      [{ type: 'message_delta', delta: { stop_reason: 'end_turn' } }, false],
    ] as const;
    expect(beginnings.map(([event]) => [event, read([Buffer.from(sse(event))], 'events').begun])).toEqual(
      beginnings.map(([event, begun]) => [event, begun]),
    );
  });

  it('of Responses tells the nested usage of its last event, however long that is', () => {
    for (const length of [10, 50_000]) {
      const output = 'x'.repeat(length);
      const text = [
        'event: response.created\ndata: {"response":{"status":"in_progress","usage":null}}\n\n',
        'event: response.output_text.delta\ndata: {"delta":"Hi"}\n\n',
        `event: response.completed\ndata: ${JSON.stringify({
          type: 'response.completed',
          response: { output, status: 'completed', usage: { input_tokens: 3, output_tokens: 4 }, user: null },
        })}\n\n`,
      ].join('');
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / 999) }, (_, at) =>
        bytes.subarray(at * 999, (at + 1) * 999),
      );
      expect(read(chunks, 'events')).toEqual({
        passed: text,
        begun: true,
        usage: { promptTokens: 3, completionTokens: 4 },
        finishReason: 'completed',
      });
    }
  });

  it('of Messages tells its usage in parts', () => {
    const text = sse(
      { type: 'message_start', message: { usage: { input_tokens: 25, output_tokens: 1 } } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 15 } },
    );
    expect(readAllCuts(text, 'events')).toEqual({
      begun: true,
      usage: { promptTokens: 25, completionTokens: 15 },
      finishReason: 'end_turn',
    });
  });

  it('with a usage in each event has told the last one when it breaks off', () => {
    const usage = (completion_tokens: number) => ({ usage: { prompt_tokens: 12, completion_tokens } });
    const text = sse(...[1, 2, 3].map((count) => ({ ...chat({ content: 'a' }), ...usage(count) })));
    expect(read([Buffer.from(`${text}data: {"id`)], 'events').usage).toEqual({
      promptTokens: 12,
      completionTokens: 3,
    });
  });

  it('finds the finish reason of any choice, with spaces too', () => {
    const two = { choices: [chat({}).choices[0], chat({}, 'tool_calls').choices[0]] };
    const spaced = 'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\n\n';
    const begun = sse(chat({ content: 'Hi' }));
    expect(readAllCuts(begun + sse(two), 'events').finishReason).toBe('tool_calls');
    expect(readAllCuts(begun + spaced, 'events').finishReason).toBe('length');
  });

  it('whose text speaks of usage is not taken in by it', () => {
    const text = sse(
      OPENING,
      chat({ content: '"usage":{"prompt_tokens":1}' }),
      chat({ content: '' }, 'stop'),
    );
    expect(readAllCuts(text, 'events').usage).toBe(undefined);
  });
});

describe('an event stream whose usage was not asked for by its client', () => {
  const event = fc.constantFrom(
    OPENING,
    chat({ content: 'Hi "usage"' }),
    chat({ content: '' }, 'stop'),
    { choices: [], prompt_filter_results: [] },
    { ...chat({ content: 'a' }), usage: USAGE },
    'x'.repeat(20_000),
    '[DONE]',
  );
  const body = fc.tuple(
    fc.array(event, { maxLength: 4 }),
    fc.array(event, { maxLength: 3 }),
    fc.constantFrom('', 'data: un'),
  );

  it('reaches it without the usage event and otherwise byte by byte, wherever it is cut', () => {
    const cut = body.chain(([before, after, rest]) =>
      fc.tuple(
        fc.constant(sse(...before) + sse(...after) + rest),
        inChunks(Buffer.from(sse(...before, USAGE_EVENT, ...after) + rest)),
      ),
    );
    fc.assert(
      fc.property(cut, ([expected, chunks]) => {
        const { passed, usage } = read(chunks, 'events', true);
        expect(passed === expected).toBe(true);
        expect(usage).toEqual(TOKENS);
      }),
      { numRuns: 200 },
    );
  });

  it('lets each whole event go on with the chunk that ends it', () => {
    const reader = createResponseReader('events', { streamed: true, withholdsUsage: true });
    const push = (text: string) => Buffer.concat(reader.push(Buffer.from(text))).toString();
    expect([push('data: 1\n\nda'), push('ta: 2\n'), push('\ndata: 3\n\n'), push('data')]).toEqual([
      'data: 1\n\n',
      '',
      'data: 2\n\ndata: 3\n\n',
      '',
    ]);
    expect(Buffer.concat(reader.takeRest()).toString()).toBe('data');
  });
});

describe('an opaque answer', () => {
  it('begins with its first byte and tells nothing else', () => {
    expect(read([], 'opaque').begun).toBe(false);
    expect(read([Buffer.alloc(0)], 'opaque').begun).toBe(false);
    expect(readAllCuts(JSON.stringify({ usage: USAGE }), 'opaque')).toEqual({
      begun: true,
      usage: undefined,
      finishReason: undefined,
    });
  });

  it('that is an event stream does not tell when its model has begun', () => {
    const reader = createResponseReader('opaque', { streamed: true, withholdsUsage: false });
    reader.push(Buffer.from('gzip'));
    expect(reader.begun()).toBe(false);
  });
});

describe('responseKind', () => {
  it.each([
    ['text/event-stream; charset=utf-8', undefined, 'events'],
    ['application/json', undefined, 'json'],
    ['application/problem+json', 'identity', 'json'],
    ['application/json', 'gzip', 'opaque'],
    ['text/event-stream', 'br', 'opaque'],
    ['audio/mpeg', undefined, 'opaque'],
    [undefined, undefined, 'opaque'],
  ] as const)('%s in encoding %s is %s', (contentType, contentEncoding, kind) => {
    expect(responseKind({ contentType, contentEncoding, whole: false })).toBe(kind);
  });
});
