import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedModel } from './client.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A completion body of exactly `bytes`, its model first, with a number that JSON.parse would change. */
function bodyOf(bytes: number): string {
  const open = '{"model":"lora-request","seed":9007199254740993,"max_tokens":1,"prompt":"';
  return `${open}${'x'.repeat(bytes - open.length - 2)}"}`;
}

/** In how many writes a body goes out, so that it reaches Envoy in pieces. */
function inPieces(body: string): readonly string[] {
  const size = Math.ceil(body.length / 7);
  return Array.from({ length: 7 }, (_, piece) => body.slice(piece * size, (piece + 1) * size));
}

describe.each(['FULL_DUPLEX_STREAMED', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED'] as const)(
  'bodies behind Envoy, request body %s',
  (bodyMode) => {
    let stack: Stack;
    beforeAll(async () => {
      stack = await startStack({ bodyMode });
    });
    afterAll(() => stack.stop());

    it.each([KIB, MIB, 4 * MIB, 10 * MIB])(
      '%d bytes reach a pod with the target spliced in and no other byte changed',
      async (bytes) => {
        const body = bodyOf(bytes);
        const answer = await stack.client.send({
          headers: { 'content-length': `${body.length}` },
          body,
        });
        expect(answer.status).toBe(200);
        const target = servedModel(answer);
        expect(stack.lastBodyAtAnyPod().toString() === body.replace('lora-request', target)).toBe(true);
      },
    );

    it('a chunked body of 1 MiB in several pieces arrives the same', async () => {
      const body = bodyOf(MIB);
      const answer = await stack.client.send({ body: inPieces(body) });
      expect(answer.status).toBe(200);
      const target = servedModel(answer);
      expect(stack.lastBodyAtAnyPod().toString() === body.replace('lora-request', target)).toBe(true);
    });

    it('11 MiB are 413 with the JSON error of Serin', async () => {
      const answer = await stack.client.send({ body: bodyOf(11 * MIB) });
      expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([413, 'body_too_large']);
    });

    it('a chunked body of 11 MiB is 413 too; a mode that buffers all of it may answer by itself', async () => {
      const { status, body } = await stack.client.send({ body: inPieces(bodyOf(11 * MIB)) });
      expect(status).toBe(413);
      const byEnvoy = bodyMode === 'BUFFERED' && body === 'Payload Too Large';
      if (!byEnvoy) expect(JSON.parse(body).error.code).toBe('body_too_large');
    });

    it('a body with trailers arrives', async () => {
      const answer = await stack.client.send({
        headers: { trailer: 'x-checksum', 'transfer-encoding': 'chunked' },
        body: [bodyOf(KIB)],
        trailers: { 'x-checksum': 'abc' },
      });
      expect(answer.status).toBe(200);
    });

    it('an answer of 200 KB in a stream arrives whole', async () => {
      const answer = await stack.client.complete('lora-request', { stream: true, max_tokens: 1500 });
      const events = answer.body.split('\n\n').filter((event) => event !== '');
      expect([answer.status, events.at(-1)]).toEqual([200, 'data: [DONE]']);
      expect(events.length).toBeGreaterThanOrEqual(1500);
    });
  },
);

describe('bodies behind Envoy, request body NONE', () => {
  it('goes to a pod by load alone, unread and unchanged', async () => {
    const stack = await startStack({ bodyMode: 'NONE' });
    const answer = await stack.client.complete('sql-lora');
    expect([answer.status, servedModel(answer)]).toEqual([200, 'sql-lora']);
    await stack.stop();
  });
});
