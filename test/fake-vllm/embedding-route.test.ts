import { expect, test } from 'vitest';
import { FIXED, NOW_MS, startServer, TWO_ADAPTERS } from './server.ts';

const OPTIONS = { ...TWO_ADAPTERS, ...FIXED };

test('an embedding is a vector per input, under the adapter’s name', async () => {
  const { post, fake } = await startServer(OPTIONS);
  const embedding = Array.from({ length: 8 }, () => expect.any(Number));
  expect(await post('/v1/embeddings', { model: 'sql-lora', input: ['a b', 'c'] })).toEqual({
    status: 200,
    type: 'application/json',
    body: {
      id: 'embd-id',
      object: 'list',
      created: NOW_MS / 1000,
      model: 'sql-lora',
      data: [
        { index: 0, object: 'embedding', embedding },
        { index: 1, object: 'embedding', embedding },
      ],
      usage: {
        prompt_tokens: 5,
        total_tokens: 5,
        completion_tokens: 0,
        prompt_tokens_details: null,
        completion_tokens_details: null,
      },
    },
  });
  expect(fake.received.totalAnswered()).toBe(1);
});

test('an embedding of an unknown model, or of nothing, is refused', async () => {
  const { post } = await startServer(OPTIONS);
  expect(await post('/v1/embeddings', { model: 'nobody', input: 'a' })).toMatchObject({
    status: 404,
    body: { error: { type: 'NotFoundError', param: 'model' } },
  });
  expect(await post('/v1/embeddings', { model: 'sql-lora' })).toMatchObject({
    status: 400,
    body: { error: { type: 'Bad Request', param: 'body.input' } },
  });
});

test('faults meet embeddings too', async () => {
  const { post } = await startServer(OPTIONS);
  await post('/admin/faults', { model: 'sql-lora', errorRate: 1 });
  expect(await post('/v1/embeddings', { model: 'sql-lora', input: 'a' })).toMatchObject({ status: 500 });
  await post('/admin/faults', { model: 'sql-lora', disconnectAfterTokens: 0 });
  await expect(post('/v1/embeddings', { model: 'sql-lora', input: 'a' })).rejects.toThrow();
});
