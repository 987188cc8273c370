import { expect, test } from 'vitest';
import { readQuestion } from '../../src/extproc/read-question.ts';

const HEADERS = [
  [':authority', 'test.com'],
  ['x-session-id', 'chat-7'],
  ['x-gateway-inference-objective', 'urgent'],
] as const;

function read(body: string | undefined, headers: readonly (readonly [string, string])[] = HEADERS) {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  return readQuestion({ headers, body: bytes, maxBodyBytes: 1000 });
}

const READ = { host: 'test.com', session: 'chat-7', objective: 'urgent' };
const ASKED = { ...READ, prompt: undefined };

test('a body is read for its model, as that of a stream is', () => {
  expect(read('{"prompt":"secret","model":"lora-request"}')).toEqual({
    ...{ ...READ, model: 'lora-request' },
    prompt: expect.any(Function),
  });
});

test('a body tells how its prompt begins', () => {
  const asked = read(JSON.stringify({ model: 'm', prompt: 'x'.repeat(700) }));
  if ('kind' in asked) throw new Error(asked.message);
  expect(asked.prompt?.()?.hashes).toHaveLength(3);
});

test('a request without a body, or with one that is not read, is decided by its headers', () => {
  expect(read(undefined)).toEqual(ASKED);
  const form = [...HEADERS, ['content-type', 'multipart/form-data']] as const;
  expect(read('{"model":"m"}', form)).toEqual(ASKED);
});

test.each([
  ['{"model":', 'malformed_json'],
  ['{"model":7}', 'model_not_string'],
  ['{}', 'model_missing'],
  ['{"model":"a","model":"b"}', 'model_conflict'],
  [`{"model":"${'x'.repeat(2000)}"}`, 'body_too_large'],
])('%.20s is refused as a stream with it would be', (body, reason) => {
  expect(read(body)).toMatchObject({ kind: 'reject', reason });
});
