import { readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inParallel } from './client.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

const LISTENER = ['static_resources', 'listeners', 'serin-ingress'];

describe('limits behind Envoy', () => {
  let stack: Stack;
  afterEach(() => stack.stop());

  /** Sends the beginning of a body and leaves the rest out; resolves with the answer. */
  function stall(more = '', signal = AbortSignal.timeout(10_000)) {
    return new Promise<{ readonly status: number; readonly code: string }>((resolve, reject) => {
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port: stack.port,
          method: 'POST',
          path: '/v1/completions',
          headers: { host: 'test.com', 'content-type': 'application/json' },
          signal,
        },
        (response) => {
          let text = '';
          response.on('data', (piece) => {
            text += piece;
          });
          response.on('end', () => {
            sent.destroy();
            resolve({ status: response.statusCode ?? 0, code: JSON.parse(text).error.code });
          });
        },
      );
      sent.on('error', reject);
      sent.write(`{"model":"lora-request",${more}`);
    });
  }

  it.each(['FULL_DUPLEX_STREAMED', 'STREAMED', 'BUFFERED'] as const)(
    '%s: a body that stops arriving is 408',
    async (bodyMode) => {
      stack = await startStack({ bodyMode, serin: ['--body-idle-timeout=300ms'] });
      expect(await stall()).toEqual({ status: 408, code: 'body_idle_timeout' });
    },
  );

  it('a stream above --max-streams is 429 with retry-after, and the others go on', async () => {
    stack = await startStack({ serin: ['--max-streams=2'], fake: { timeToFirstTokenMs: 300 } });
    const answers = await inParallel(6, 6, () => stack.client.complete('lora-request'));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200).length).toBe(6 - refused.length);
    const [first] = refused;
    expect([first?.headers['retry-after'], JSON.parse(first?.body ?? '{}').error.code]).toEqual([
      '1',
      'too_many_streams',
    ]);
  });

  it('a body past --max-buffered-bytes is 429 while another is held, and is taken once that is gone', async () => {
    stack = await startStack({
      serin: ['--cut-through=false', '--max-body-bytes=2KiB', '--max-buffered-bytes=2KiB'],
    });
    const abort = new AbortController();
    const held = stall(`"prompt":"${'x'.repeat(1_500)}`, abort.signal);
    await expect.poll(() => stack.serin.metric('serin_held_body_bytes')).toBeGreaterThan(1_500);
    const prompt = 'x'.repeat(1_000);
    const answer = await stack.client.complete('lora-request', { prompt });
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([429, 'buffer_full']);
    abort.abort();
    await expect(held).rejects.toThrow();
    await expect.poll(() => stack.serin.metric('serin_held_body_bytes')).toBe(0);
    expect((await stack.client.complete('lora-request', { prompt })).status).toBe(200);
  });

  it("BUFFERED_PARTIAL: a body above Envoy's buffer limit is 413 and names that limit", async () => {
    const edits = [{ path: [...LISTENER, 'per_connection_buffer_limit_bytes'], value: 65_536 }];
    stack = await startStack({ bodyMode: 'BUFFERED_PARTIAL', edits });
    const answer = await stack.client.complete('lora-request', { prompt: 'x'.repeat(1_000_000) });
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([
      413,
      expect.objectContaining({
        code: 'body_truncated',
        message: expect.stringContaining('per_connection_buffer_limit_bytes'),
      }),
    ]);
  });

  it('a Sheddable model is 429 while every pod is past the thresholds, a Standard one is not', async () => {
    stack = await startStack({ pods: 2 });
    const file = join(stack.manifests, 'inferencemodel.yaml');
    const manifest = await readFile(file, 'utf8');
    const sheddable = manifest
      .replace('inferencemodel-sample', 'sheddable')
      .replace('modelName: lora-request', 'modelName: batch\n  criticality: Sheddable');
    await writeFile(file, `${manifest}\n---\n${sheddable}`);
    await expect.poll(() => stack.serin.targetsInForce('batch')).toHaveLength(10);
    await Promise.all(stack.pods.map((pod) => pod.pretendLoad({ waiting: 6, kvUsage: 0.5 })));
    await expect.poll(async () => (await stack.client.complete('batch')).status).toBe(429);
    const answer = await stack.client.complete('batch');
    expect([answer.headers['retry-after'], JSON.parse(answer.body).error.code]).toEqual(['1', 'overloaded']);
    expect((await stack.client.complete('lora-request')).status).toBe(200);
  });

  it('a model whose targets all have the weight 0 is 503, and a broken object without a past too', async () => {
    stack = await startStack({});
    const file = join(stack.manifests, 'inferencemodel.yaml');
    const manifest = await readFile(file, 'utf8');
    const drained = manifest.replaceAll(/weight: \d+/g, 'weight: 0');
    const broken = manifest
      .replace('inferencemodel-sample', 'broken')
      .replace('modelName: lora-request', 'modelName: broken-model')
      .replace('weight: 10', 'weight: -1');
    await writeFile(file, `${drained}\n---\n${broken}`);
    await expect.poll(async () => (await stack.client.complete('lora-request')).status).toBe(503);
    const answers = [
      await stack.client.complete('lora-request'),
      await stack.client.complete('broken-model'),
    ];
    expect(answers.map(({ status, body }) => [status, JSON.parse(body).error.code])).toEqual([
      [503, 'no_traffic'],
      [503, 'invalid_policy'],
    ]);
  });
});
