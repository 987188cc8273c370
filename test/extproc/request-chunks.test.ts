import { expect, it } from 'vitest';
import type { PromptPrefix } from '../../src/core/prompt-prefix.ts';
import { emptyHead } from '../../src/extproc/decode.ts';
import { createExchange } from '../../src/extproc/exchange.ts';
import type { Inbound } from '../../src/extproc/inbound.ts';
import type { Reply } from '../../src/extproc/outcome.ts';
import type { BodyLimits } from '../../src/extproc/request-body.ts';
import type { ExchangeDeps } from '../../src/extproc/request-state.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { seedDecide } from '../contract/case.ts';

/** Sends a body in full duplex; gives the replies to each of its messages. */
function repliesTo(
  bodies: readonly Buffer[],
  limits: Partial<BodyLimits> = {},
  decide: ExchangeDeps['decide'] = seedDecide,
): readonly (readonly Reply[])[] {
  const exchange = createExchange({
    decide,
    limits: { maxBodyBytes: 1 << 21, budget: createBufferBudget(1 << 20), ...limits },
    injectIncludeUsage: false,
    cutThrough: true,
    debugHeader: false,
    hints: { metadata: undefined, responseMetadata: undefined, flag: undefined, responseFlag: undefined },
    refusal: undefined,
  });
  const first = {
    subset: undefined,
    modes: { request: 'full-duplex', response: 'none' },
    endOfStream: false,
  } as const;
  const messages: readonly Inbound[] = [
    { ...first, kind: 'request-headers', head: emptyHead() },
    ...bodies.map((bytes, at) => ({
      ...({ kind: 'request-body', bytes, endOfStream: at === bodies.length - 1 } as const),
      ...{ modes: undefined, subset: undefined },
    })),
  ];
  const [, ...replies] = messages.map((message) => exchange.receive({ kind: 'message', message }).replies);
  return replies;
}

/** The parts of the chunks that go to the pod. */
function partsOf(bodies: readonly Buffer[]): readonly Uint8Array[] {
  return repliesTo(bodies).flatMap(partsIn);
}

function partsIn(replies: readonly Reply[]): readonly Uint8Array[] {
  return replies.flatMap((reply) => (reply.kind === 'request-chunk' ? reply.parts : []));
}

/** Whether each message of a body had some of it sent on, and what the picks knew of its prompt. */
function sendOn(bodies: readonly Buffer[], limits: Partial<BodyLimits>) {
  const prompts: (PromptPrefix | undefined)[] = [];
  const replies = repliesTo(bodies, limits, (request) => {
    prompts.push(request.prompt?.());
    return seedDecide(request);
  });
  const sent = replies.map((each) => Buffer.concat(partsIn(each)).length);
  expect(sent.reduce((sum, bytes) => sum + bytes, 0)).toBe(Buffer.concat(bodies).length);
  return { early: sent.map((bytes) => bytes > 0), prompts };
}

const BODY = Buffer.from('{"model":"sql-lora"}');

it('white space that drips in after a body that is whole costs no more than its bytes', () => {
  const drops = Array.from({ length: 5_000 }, () => Buffer.from(' '));
  const parts = partsOf([BODY, ...drops, Buffer.alloc(0)]);
  expect(Buffer.concat(parts).toString()).toBe(`${BODY}${' '.repeat(5_000)}`);
  expect(parts.length).toBeLessThan(5);
});

it('a body that is whole before the message that ends it goes on without a copy', () => {
  expect(partsOf([BODY, Buffer.alloc(0)])[0]?.buffer).toBe(BODY.buffer);
});

const PROMPTS = { readsPrompts: true };

it('with picks by prompts a body goes on when the prompt is read, long before its end', () => {
  const start = Buffer.from('{"model":"sql-lora","messages":["');
  const piece = Buffer.alloc(16_384, 'x');
  const pieces = Array.from({ length: 64 }, () => piece);
  const { early, prompts } = sendOn([start, ...pieces, Buffer.from('"]}')], PROMPTS);
  // 32 KiB of the prompt are known with the third piece, since the first byte of its value came with the start.
  expect(early.indexOf(true)).toBe(2);
  expect(prompts.map((prompt) => prompt?.hashes.length)).toEqual([15]);
});

it('with picks by prompts a body that tells its model after them, or has none, goes on when both are known', () => {
  const first = (...bodies: readonly string[]) => {
    const { early, prompts } = sendOn(
      bodies.map((text) => Buffer.from(text)),
      PROMPTS,
    );
    return [early.indexOf(true), prompts.map((prompt) => prompt?.hashes.length)];
  };
  const prompt = 'x'.repeat(300);
  expect(first(`{"prompt":"${prompt}"`, ',"model":"sql-lora"', ',"n":1', '}')).toEqual([1, [1]]);
  expect(first('{"model":"sql-lora"', `,"prompt":"${prompt}`, '"', ',"n":1}')).toEqual([2, [1]]);
  expect(first('{"model":"sql-lora"', ',"n":1', '}', '')).toEqual([3, [undefined]]);
  const long = 'x'.repeat(40_000);
  expect(first('{"model":"sql-lora"', `,"user":"${long}`, long, '"', '}')).toEqual([2, [undefined]]);
});

it('a body for whose prompt no memory is left goes on as it comes', () => {
  const bodies = ['{"model":"sql-lora"', `,"prompt":"${'x'.repeat(90)}`, 'y"', '}'].map((text) =>
    Buffer.from(text),
  );
  const { early, prompts } = sendOn(bodies, { ...PROMPTS, budget: createBufferBudget(50) });
  expect({ early, prompts }).toEqual({ early: [false, true, true, true], prompts: [{ hashes: [] }] });
});
