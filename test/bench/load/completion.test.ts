import { expect, test } from 'vitest';
import { completionBody } from '../../../bench/load/completion.ts';

test.each([64, 1024, 100_000])('a body of %d bytes is JSON of exactly that size', (bytes) => {
  const body = completionBody(bytes);
  expect(body.length).toBe(bytes);
  expect(JSON.parse(`${body}`)).toEqual({
    model: 'lora-request',
    max_tokens: 64,
    prompt: expect.stringMatching(bytes > 200 ? /^Why is the sky blue.*\n/ : /^x*$/),
  });
});
