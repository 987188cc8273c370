import { expect, test } from 'vitest';
import { allEventsOf, FIXED, NOW_MS, startServer, TWO_ADAPTERS } from './server.ts';

const OPTIONS = { ...TWO_ADAPTERS, ...FIXED };
const COMPLETION = { model: 'sql-lora', prompt: 'San Francisco', max_tokens: 2 };
const CHAT = { model: 'tweet-summary', messages: [{ role: 'user', content: 'say hello' }], max_tokens: 2 };
const CREATED = NOW_MS / 1000;
const JSON_TYPE = 'application/json';

test('a completion names the adapter that served it, and counts tokens', async () => {
  const { post } = await startServer(OPTIONS);
  expect(await post('/v1/completions', COMPLETION)).toEqual({
    status: 200,
    type: JSON_TYPE,
    body: {
      id: 'cmpl-id',
      object: 'text_completion',
      created: CREATED,
      model: 'sql-lora',
      choices: [
        {
          index: 0,
          text: 'the city',
          logprobs: null,
          finish_reason: 'length',
          stop_reason: null,
          token_ids: null,
          prompt_logprobs: null,
          prompt_token_ids: null,
          routed_experts: null,
        },
      ],
      service_tier: null,
      system_fingerprint: 'vllm-0.32.0-simulated',
      usage: {
        prompt_tokens: 3,
        total_tokens: 5,
        completion_tokens: 2,
        prompt_tokens_details: null,
        completion_tokens_details: null,
      },
      kv_transfer_params: null,
      ec_transfer_params: null,
      metrics: null,
    },
  });
});

test('a chat completion answers with a message', async () => {
  const { post } = await startServer(OPTIONS);
  const { body } = await post('/v1/chat/completions', CHAT);
  expect(body).toMatchObject({
    id: 'chatcmpl-id',
    object: 'chat.completion',
    model: 'tweet-summary',
    choices: [{ index: 0, message: { role: 'assistant', content: 'the city' }, finish_reason: 'length' }],
    usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
  });
});

test('a completion without max_tokens has 16, and a chat without stops by itself', async () => {
  const { post } = await startServer(OPTIONS);
  const completion = await post('/v1/completions', {
    model: 'sql-lora',
    prompt: [1, 2, 3],
    max_tokens: null,
  });
  expect(completion.body).toMatchObject({
    choices: [{ finish_reason: 'length' }],
    usage: { prompt_tokens: 3, completion_tokens: 16 },
  });
  const chat = await post('/v1/chat/completions', { ...CHAT, max_tokens: undefined });
  expect(chat.body).toMatchObject({
    choices: [{ finish_reason: 'stop' }],
    usage: { completion_tokens: 16 },
  });
  const limited = await post('/v1/chat/completions', { ...CHAT, max_completion_tokens: 3 });
  expect(limited.body).toMatchObject({
    choices: [{ finish_reason: 'length' }],
    usage: { completion_tokens: 3 },
  });
});

test('a chat message may be made of parts', async () => {
  const { post } = await startServer(OPTIONS);
  const content = [{ type: 'text', text: 'a b' }, { type: 'image_url' }, { type: 'text', text: 'c' }];
  const { body } = await post('/v1/chat/completions', { ...CHAT, messages: [{ role: 'user', content }] });
  expect(body).toMatchObject({ usage: { prompt_tokens: 7 } });
});

test('several prompts, and several choices of each, are answered side by side', async () => {
  const { post } = await startServer(OPTIONS);
  const { body } = await post('/v1/completions', { ...COMPLETION, prompt: ['a', 'b c'], n: 2 });
  expect(body).toMatchObject({
    choices: [{ index: 0 }, { index: 1 }, { index: 2 }, { index: 3 }],
    usage: { prompt_tokens: 5, completion_tokens: 8, total_tokens: 13 },
  });
});

test('without a model, or by any of its names, the base model answers under its first name', async () => {
  const { post } = await startServer({
    ...OPTIONS,
    model: '/model/llama2',
    servedModelNames: ['llama2', 'l'],
  });
  for (const model of [undefined, null, '', 'l', 'llama2']) {
    const { body } = await post('/v1/completions', { ...COMPLETION, model });
    expect(body).toMatchObject({ model: 'llama2' });
  }
  expect(await post('/v1/completions', { ...COMPLETION, model: '/model/llama2' })).toMatchObject({
    status: 404,
  });
});

test('a stream sends a token an event, and the reason for its end with the last', async () => {
  const { open } = await startServer(OPTIONS);
  const response = await open('/v1/completions', { ...COMPLETION, stream: true });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const head = { id: 'cmpl-id', object: 'text_completion', created: CREATED, model: 'sql-lora' };
  const common = { index: 0, logprobs: null, stop_reason: null, prompt_token_ids: null, token_ids: null };
  expect(await allEventsOf(response)).toEqual([
    { ...head, choices: [{ ...common, text: 'the', finish_reason: null }] },
    {
      ...head,
      choices: [{ ...common, text: ' city', finish_reason: 'length' }],
      system_fingerprint: 'vllm-0.32.0-simulated',
    },
    '[DONE]',
  ]);
});

test('a chat stream begins with the role', async () => {
  const { open } = await startServer(OPTIONS);
  const response = await open('/v1/chat/completions', { ...CHAT, n: 2, stream: true });
  const deltas = (await allEventsOf(response)).slice(0, -1);
  expect(deltas).toMatchObject([
    { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
    { choices: [{ index: 1, delta: { role: 'assistant', content: '' } }] },
    { choices: [{ index: 0, delta: { content: 'the' }, finish_reason: null }] },
    { choices: [{ index: 1, delta: { content: 'the' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: { content: ' city' }, finish_reason: 'length' }] },
    { choices: [{ index: 1, delta: { content: ' city' }, finish_reason: 'length' }] },
  ]);
});

test('include_usage adds an event without choices before the end', async () => {
  const { open } = await startServer(OPTIONS);
  const stream_options = { include_usage: true };
  const response = await open('/v1/completions', { ...COMPLETION, stream: true, stream_options });
  const events = await allEventsOf(response);
  expect(events.slice(-2)).toEqual([
    {
      id: 'cmpl-id',
      object: 'text_completion',
      created: CREATED,
      model: 'sql-lora',
      choices: [],
      usage: { prompt_tokens: 3, total_tokens: 5, completion_tokens: 2 },
      system_fingerprint: 'vllm-0.32.0-simulated',
    },
    '[DONE]',
  ]);
  expect(events.filter((event) => JSON.stringify(event).includes('usage'))).toHaveLength(1);
});

test('continuous_usage_stats puts the usage so far into each event', async () => {
  const { open } = await startServer(OPTIONS);
  const stream_options = { include_usage: true, continuous_usage_stats: true };
  const response = await open('/v1/chat/completions', { ...CHAT, stream: true, stream_options });
  expect((await allEventsOf(response)).slice(0, -1)).toMatchObject([
    { usage: { completion_tokens: 0, total_tokens: 6, completion_tokens_details: null } },
    { usage: { completion_tokens: 1, total_tokens: 7 } },
    { usage: { completion_tokens: 2, total_tokens: 8 } },
    { choices: [], usage: { completion_tokens: 2, total_tokens: 8 } },
  ]);
});

test('--enable-force-include-usage does the same for streams that ask for nothing', async () => {
  const { open } = await startServer({ ...OPTIONS, forceIncludeUsage: true });
  const response = await open('/v1/completions', { ...COMPLETION, stream: true });
  expect((await allEventsOf(response)).slice(-3)).toMatchObject([
    { usage: { completion_tokens: 2 } },
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
    '[DONE]',
  ]);
});

test('an answer ends where the context ends', async () => {
  const { post } = await startServer({ ...OPTIONS, maxModelLen: 10 });
  const { body } = await post('/v1/completions', { ...COMPLETION, max_tokens: 10 });
  expect(body).toMatchObject({
    choices: [{ finish_reason: 'length' }],
    usage: { prompt_tokens: 3, completion_tokens: 7 },
  });
});

const NO_PROMPT = {
  message: 'Either prompt or prompt_embeds must be provided and non-empty. (parameter=prompt)',
  type: 'BadRequestError',
  param: 'prompt',
  code: 400,
};

const REFUSALS = [
  {
    name: 'a model that it does not have',
    body: { ...COMPLETION, model: 'nobody' },
    status: 404,
    error: {
      message: 'The model `nobody` does not exist. Valid aliases: llama2.',
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    },
  },
  {
    name: 'an answer past the longest context',
    body: { ...COMPLETION, max_tokens: 4097 },
    status: 400,
    error: {
      message:
        'max_tokens=4097 cannot be greater than max_model_len=4096. Please request fewer output tokens. (parameter=max_tokens, value=4097)',
      type: 'BadRequestError',
      param: 'max_tokens',
      code: 400,
    },
  },
  {
    name: 'a prompt that leaves no room for an answer',
    body: { ...COMPLETION, prompt: 'a '.repeat(4095) },
    status: 400,
    error: {
      message: 'max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)',
      type: 'BadRequestError',
      param: 'max_tokens',
      code: 400,
    },
  },
  {
    name: 'a prompt past the longest context',
    body: { ...COMPLETION, prompt: 'a '.repeat(4096) },
    status: 400,
    error: {
      message:
        "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=4097)",
      type: 'BadRequestError',
      param: 'input_tokens',
      code: 400,
    },
  },
  {
    name: 'no answers at all',
    body: { ...COMPLETION, prompt: ['a', 'b'], n: 0 },
    status: 400,
    error: { message: 'n must be at least 1, got 0.', type: 'BadRequestError', param: null, code: 400 },
  },
  {
    name: 'max_tokens of 0',
    body: { ...COMPLETION, max_tokens: 0 },
    status: 400,
    error: {
      message: 'max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)',
      type: 'BadRequestError',
      param: 'max_tokens',
      code: 400,
    },
  },
  {
    name: 'stream options without a stream',
    body: { ...COMPLETION, stream_options: { include_usage: true } },
    status: 400,
    error: {
      message: 'Stream options can only be defined when `stream=True`. (parameter=stream_options)',
      type: 'BadRequestError',
      param: 'stream_options',
      code: 400,
    },
  },
  {
    name: 'a missing prompt',
    body: { model: 'sql-lora' },
    status: 400,
    error: NO_PROMPT,
  },
  {
    name: 'an empty prompt',
    body: { ...COMPLETION, prompt: '' },
    status: 400,
    error: NO_PROMPT,
  },
  {
    name: 'a prompt of another type',
    body: { ...COMPLETION, prompt: 3 },
    status: 400,
    error: { message: expect.any(String), type: 'Bad Request', param: 'body.prompt', code: 400 },
  },
  {
    name: 'a field of another type',
    body: { ...COMPLETION, stream: 'yes' },
    status: 400,
    error: {
      message: expect.stringMatching(/^1 validation error:\n {2}/),
      type: 'Bad Request',
      param: 'body.stream',
      code: 400,
    },
  },
  {
    name: 'a body that is no object',
    body: [1],
    status: 400,
    error: { message: expect.any(String), type: 'Bad Request', param: 'body', code: 400 },
  },
  {
    name: 'malformed JSON',
    body: '{"model": "sql-lora", "prompt": x}',
    status: 400,
    error: {
      message: '1 validation error:\n  {"loc":"body.32","msg":"JSON decode error"}',
      type: 'Bad Request',
      param: 'body.32',
      code: 400,
    },
  },
  {
    name: 'JSON that breaks off',
    body: '{"model":',
    status: 400,
    error: { message: expect.any(String), type: 'Bad Request', param: 'body.9', code: 400 },
  },
  {
    name: 'an empty body',
    body: '',
    status: 400,
    error: {
      message: '1 validation error:\n  {"loc":"body","msg":"Field required"}',
      type: 'Bad Request',
      param: 'body',
      code: 400,
    },
  },
];

test.each(REFUSALS)('refuses $name as vLLM does', async ({ body, status, error }) => {
  const { fake, post } = await startServer(OPTIONS);
  expect(await post('/v1/completions', body)).toEqual({ status, type: JSON_TYPE, body: { error } });
  expect([fake.received.total(), fake.received.totalAnswered()]).toEqual([1, 0]);
});

test('refuses a chat without messages', async () => {
  const { post } = await startServer(OPTIONS);
  expect(await post('/v1/chat/completions', { model: 'sql-lora' })).toMatchObject({
    status: 400,
    body: { error: { type: 'Bad Request', param: 'body.messages', code: 400 } },
  });
  expect(await post('/v1/chat/completions', { ...CHAT, messages: [] })).toMatchObject({
    status: 400,
    body: { error: { type: 'BadRequestError', param: null, code: 400 } },
  });
});

test('insists on the content type of JSON', async () => {
  const { post } = await startServer(OPTIONS);
  expect(await post('/v1/completions', COMPLETION, { 'content-type': 'text/plain' })).toEqual({
    status: 400,
    type: JSON_TYPE,
    body: {
      error: {
        message: "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
        type: 'Bad Request',
        param: null,
        code: 400,
      },
    },
  });
  const utf8 = { 'content-type': 'Application/JSON; charset=utf-8' };
  expect(await post('/v1/completions', COMPLETION, utf8)).toMatchObject({ status: 200 });
});
