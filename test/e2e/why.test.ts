import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedModel } from './client.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

const ASKING = { 'x-serin-debug': 'true' };
const BODY = JSON.stringify({ model: 'lora-request', prompt: 'secret prompt', max_tokens: 1 });
const TOLD = ['x-serin-target', 'x-serin-endpoint', 'x-serin-reason'];

describe.each(['FULL_DUPLEX_STREAMED', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED', 'NONE'] as const)(
  'why, behind Envoy, request body %s',
  (bodyMode) => {
    let stack: Stack;
    beforeAll(async () => {
      stack = await startStack({ bodyMode, serin: ['--allow-debug-header'] });
    });
    afterAll(() => stack.stop());

    it('the response to x-serin-debug: true carries target, endpoint and reason', async () => {
      // Without a body to read, a name that pods serve themselves.
      const model = bodyMode === 'NONE' ? 'sql-lora' : 'lora-request';
      const body = BODY.replace('lora-request', model);
      const { status, headers, ...answer } = await stack.client.send({ headers: ASKING, body });
      expect(status).toBe(200);
      expect(stack.pods.map(({ address }) => address)).toContain(headers['x-serin-endpoint']);
      if (bodyMode === 'NONE') {
        expect(headers['x-serin-target']).toBe(undefined);
        expect(headers['x-serin-reason']).toMatch(/^no model was read; least total /);
      } else {
        expect(headers['x-serin-target']).toBe(servedModel({ status, headers, ...answer }));
        expect(headers['x-serin-reason']).toMatch(
          /^InferenceModel default\/\S+ gives ".+" 10 of 100, rolled 0\.\d{4} by chance; least total /,
        );
      }
    });

    it('a request that does not ask is told nothing, nor is one that says anything but true', async () => {
      for (const headers of [{}, { 'x-serin-debug': '1' }]) {
        const answer = await stack.client.send({ headers, body: BODY.replace('lora-request', 'sql-lora') });
        expect([answer.status, TOLD.filter((name) => name in answer.headers)]).toEqual([200, []]);
      }
    });

    it('the decisions are remembered, with the id of Envoy and every pod’s score, and without the prompt', async () => {
      const { seen, decisions } = JSON.parse(await stack.serin.page('/debug/decisions?outcome=forwarded'));
      expect(seen).toBeGreaterThan(0);
      expect(decisions[0]).toMatchObject({
        ...{ id: expect.stringMatching(/^[\da-f-]{36}$/), outcome: 'forwarded', status: 200 },
        pool: 'default/vllm-llama2-7b-pool',
      });
      expect(decisions[0].explanation.candidates).toHaveLength(3);
      expect(JSON.stringify(decisions)).not.toContain('secret prompt');
    });
  },
);

it('without --allow-debug-header the header does nothing', async () => {
  const stack = await startStack({});
  const { status, headers } = await stack.client.send({ headers: ASKING, body: BODY });
  expect([status, TOLD.filter((name) => name in headers)]).toEqual([200, []]);
  await stack.stop();
});
