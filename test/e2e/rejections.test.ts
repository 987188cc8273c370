import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedModel } from './client.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

const MODES = ['FULL_DUPLEX_STREAMED', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED'] as const;

describe.each(MODES)('rejections behind Envoy, request body %s', (bodyMode) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ bodyMode, serin: ['--max-body-bytes=1048576'] });
  });
  afterAll(() => stack.stop());

  it.each([
    ['{"model":', 400, 'malformed_json'],
    ['{"prompt":"x"}', 400, 'model_missing'],
    ['{"model":1}', 400, 'model_not_string'],
    ['{"model":"lora-request","model":"sql-lora"}', 400, 'model_conflict'],
    ['{"model":"nobody-serves-this"}', 404, 'model_not_found'],
  ])('%s is %d %s, as OpenAI-shaped JSON', async (body, status, code) => {
    const answer = await stack.client.send({ body });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/json']);
    expect(JSON.parse(answer.body)).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param: null, code },
    });
  });

  it('a host that no LLMRoute serves is 404', async () => {
    const answer = await stack.client.send({
      headers: { host: 'other.com' },
      body: '{"model":"lora-request"}',
    });
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([404, 'unknown_host']);
  });

  it('a host matches without its port and in any case', async () => {
    const answer = await stack.client.send({
      headers: { host: 'TEST.com:8080' },
      body: '{"model":"lora-request","prompt":"x"}',
    });
    expect(answer.status).toBe(200);
  });

  it('a body above the limit is 413 with the limit in its message', async () => {
    const answer = await stack.client.send({
      body: JSON.stringify({ model: 'lora-request', prompt: 'x'.repeat(1_100_000) }),
    });
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([413, 'body_too_large']);
  });

  it('a gzip body reaches a pod as it is', async () => {
    const body = gzipSync('{"model":"sql-lora"}');
    const answer = await stack.client.send({ headers: { 'content-encoding': 'gzip' }, body });
    expect(stack.lastBodyAtAnyPod()).toEqual(body);
    expect(answer.headers['x-serin-rejected']).toBeUndefined();
  });

  it('a request without a body is routed by its headers', async () => {
    const answer = await stack.client.send({ method: 'GET', path: '/v1/models' });
    expect([answer.status, JSON.parse(answer.body).object]).toEqual([200, 'list']);
  });

  it("a client's own destination header does not survive", async () => {
    const answer = await stack.client.send({
      headers: { 'x-gateway-destination-endpoint': '127.0.0.1:1' },
      body: '{"model":"sql-lora","prompt":"x"}',
    });
    expect([answer.status, servedModel(answer)]).toEqual([200, 'sql-lora']);
  });
});
