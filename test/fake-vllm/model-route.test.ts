import { expect, test } from 'vitest';
import { FIXED, NOW_MS, startServer, TWO_ADAPTERS } from './server.ts';

const OPTIONS = { ...TWO_ADAPTERS, ...FIXED, model: '/model/llama2', servedModelNames: ['llama2'] };
const COMMON = {
  object: 'model',
  created: NOW_MS / 1000,
  owned_by: 'vllm',
  permission: [expect.objectContaining({ id: 'modelperm-id', object: 'model_permission' })],
};
const ASKED = { prompt: 'a', max_tokens: 1 };

test('lists the base model and, as its children, the adapters', async () => {
  const { get } = await startServer(OPTIONS);
  expect(await get('/v1/models')).toEqual({
    status: 200,
    type: 'application/json',
    body: {
      object: 'list',
      data: [
        { id: 'llama2', root: '/model/llama2', parent: null, max_model_len: 4096, ...COMMON },
        { id: 'sql-lora', root: '/adapters/sql', parent: 'llama2', max_model_len: null, ...COMMON },
        { id: 'tweet-summary', root: '/adapters/tweet', parent: 'llama2', max_model_len: null, ...COMMON },
      ],
    },
  });
});

test('an adapter that is loaded serves, and one that is unloaded does not', async () => {
  const { get, post } = await startServer(OPTIONS);
  expect(await post('/v1/load_lora_adapter', { lora_name: 'new', lora_path: '/new' })).toEqual({
    status: 200,
    type: null,
    body: "Success: LoRA adapter 'new' added successfully.",
  });
  expect(await post('/v1/completions', { ...ASKED, model: 'new' })).toMatchObject({ body: { model: 'new' } });
  expect(await post('/v1/unload_lora_adapter', { lora_name: 'sql-lora' })).toEqual({
    status: 200,
    type: null,
    body: "Success: LoRA adapter 'sql-lora' removed successfully.",
  });
  expect(await post('/v1/completions', { ...ASKED, model: 'sql-lora' })).toMatchObject({ status: 404 });
  expect(await get('/v1/models')).toMatchObject({
    body: { data: [{ id: 'llama2' }, { id: 'tweet-summary' }, { id: 'new', root: '/new' }] },
  });
});

test('an adapter may be replaced in place', async () => {
  const { get, post } = await startServer(OPTIONS);
  const body = { lora_name: 'tweet-summary', lora_path: '/other', load_inplace: true };
  expect(await post('/v1/load_lora_adapter', body)).toMatchObject({ status: 200 });
  expect(await get('/v1/models')).toMatchObject({
    body: { data: [{}, {}, { id: 'tweet-summary', root: '/other' }] },
  });
});

test.each([
  [
    '/v1/load_lora_adapter',
    { lora_name: 'sql-lora', lora_path: '/x' },
    400,
    "The lora adapter 'sql-lora' has already been loaded. If you want to load the adapter in place, set 'load_inplace' to True.",
    'InvalidUserInput',
  ],
  [
    '/v1/load_lora_adapter',
    { lora_name: 'llama2', lora_path: '/x' },
    400,
    "The lora adapter 'llama2' conflicts with a served base model.",
    'InvalidUserInput',
  ],
  [
    '/v1/load_lora_adapter',
    { lora_name: '', lora_path: '/x' },
    400,
    "Both 'lora_name' and 'lora_path' must be provided.",
    'InvalidUserInput',
  ],
  [
    '/v1/unload_lora_adapter',
    { lora_name: '' },
    400,
    "'lora_name' needs to be provided to unload a LoRA adapter.",
    'InvalidUserInput',
  ],
  [
    '/v1/unload_lora_adapter',
    { lora_name: 'nobody' },
    404,
    "The lora adapter 'nobody' cannot be found.",
    'NotFoundError',
  ],
])('%s refuses %j', async (path, body, status, message, type) => {
  const { post } = await startServer(OPTIONS);
  expect(await post(path, body)).toEqual({
    status,
    type: 'application/json',
    body: { error: { message, type, param: null, code: status } },
  });
});

test.each([
  ['/v1/load_lora_adapter', { lora_name: 'new' }, 'body.lora_path'],
  ['/v1/unload_lora_adapter', {}, 'body.lora_name'],
])('%s names the field that is missing', async (path, body, param) => {
  const { post } = await startServer(OPTIONS);
  expect(await post(path, body)).toMatchObject({
    status: 400,
    body: { error: { type: 'Bad Request', param } },
  });
});
