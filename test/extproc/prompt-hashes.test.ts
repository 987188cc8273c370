import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prefixBytes } from '../../src/core/prompt-prefix.ts';
import { hashPrompt } from '../../src/extproc/prompt-hashes.ts';
import { createRequestBody } from '../../src/extproc/request-body.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { inChunks } from '../core/json-documents.ts';

const LIMITS = { maxBodyBytes: 1 << 20, budget: createBufferBudget(1 << 20), readsPrompts: true };

/** The hashes of a body that comes in chunks, and whether as much is known of it as is wanted. */
function read(...chunks: readonly (string | Uint8Array)[]) {
  const body = createRequestBody(LIMITS);
  for (const chunk of chunks) {
    expect(body.add(Buffer.from(chunk))).toBeUndefined();
    body.wait();
  }
  const told = { hashes: body.prompt()?.hashes, isRead: body.promptRead() };
  body.release();
  return told;
}

const chat = (...turns: readonly string[]) =>
  JSON.stringify({ model: 'm', messages: turns.map((content) => ({ role: 'user', content })) });

describe('the hashes of a prompt', () => {
  test('are as many as the boundaries that it reaches', () => {
    const counts = [0, 256, 257, 384, 385, 32_768, 32_769, 100_000].map(
      (bytes) => hashPrompt(Buffer.alloc(bytes, 'a')).hashes.length,
    );
    expect(counts).toEqual([0, 0, 1, 1, 2, 14, 15, 15]);
  });

  test('are those of the beginnings alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2000, maxLength: 2000 }), fc.nat(1999), (bytes, at) => {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ 1);
        const [one, other] = [hashPrompt(bytes).hashes, hashPrompt(changed).hashes];
        expect(one.map((hash, place) => hash === other[place])).toEqual(
          one.map((_, place) => prefixBytes(place) <= at),
        );
      }),
    );
  });

  test('are the same however the body is cut', () => {
    const text = `{"t":1, "prompt" : ["${'San Francisco \\" is\\n'.repeat(40)}", 7], "model":"m"}`;
    const whole = read(text);
    expect(whole.hashes).toHaveLength(4);
    fc.assert(
      fc.property(inChunks(Buffer.from(text)), (chunks) => {
        expect(read(...chunks)).toEqual(whole);
      }),
    );
  });

  test('of a conversation that goes on begin with those of its last turn', () => {
    const turns = Array.from({ length: 6 }, (_, at) => `${at} says `.repeat(30));
    const [last, next] = [read(chat(...turns)), read(chat(...turns, 'and so on '.repeat(100)))];
    expect(next.hashes?.slice(0, last.hashes?.length)).toEqual(last.hashes);
    expect(next.hashes?.length).toBeGreaterThan(last.hashes?.length ?? 0);
  });

  test('are those of the first prompt or messages at the top level', () => {
    const prompt = 'x'.repeat(300);
    const alone = read(JSON.stringify({ prompt }));
    expect(read(JSON.stringify({ prompt, messages: ['y'.repeat(300)] }))).toEqual(alone);
    expect(read(JSON.stringify({ nested: { prompt: 'y' }, prompt }))).toEqual(alone);
    expect(read(JSON.stringify({ input: prompt, model: 'm' }))).toEqual({ hashes: undefined, isRead: false });
  });
});

describe('as much of a prompt as is wanted', () => {
  test('is known at its end, or after 32 KiB of it', () => {
    expect(read('{"prompt":"San Francisco is').isRead).toBe(false);
    expect(read('{"prompt":"San Francisco is"').isRead).toBe(true);
    expect(read(`{"prompt":"${'x'.repeat(32_767)}`).isRead).toBe(false);
    expect(read(`{"prompt":"${'x'.repeat(32_768)}`)).toMatchObject({ isRead: true });
    expect(read(`{"prompt":"${'x'.repeat(32_768)}`).hashes).toHaveLength(15);
  });

  test('is all that there is after 64 KiB of the body', () => {
    expect(read(`{"user":"${'x'.repeat(65_526)}`).isRead).toBe(false);
    expect(read(`{"user":"${'x'.repeat(65_527)}`)).toEqual({ hashes: undefined, isRead: true });
  });
});
