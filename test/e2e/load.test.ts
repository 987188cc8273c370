import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inParallel, servedModel } from './client.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

const ABORTED = 3_000;
const REQUESTS = 20_000;
const WORKERS = 2;

describe('load behind Envoy', () => {
  let stack: Stack;
  afterEach(() => stack.stop());

  it('20 000 requests: none fails, over one connection a worker', { timeout: 180_000 }, async () => {
    stack = await startStack({ concurrency: WORKERS });
    const statuses = await inParallel(
      REQUESTS,
      32,
      async () => (await stack.client.complete('lora-request')).status,
    );
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(await stack.envoyStat('cluster.serin.upstream_cx_total')).toBe(WORKERS);
    expect(await stack.envoyStat('cluster.serin.upstream_cx_destroy_remote')).toBe(0);
  });

  it('3000 clients that give up cost none of the others a request', { timeout: 180_000 }, async () => {
    stack = await startStack({ fake: { timeToFirstTokenMs: 40 } });
    async function abort(): Promise<string> {
      const sent = stack.client.send({
        body: JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 4 }),
        signal: AbortSignal.timeout(10),
      });
      return sent.then(
        () => 'answered',
        () => 'aborted',
      );
    }
    const [aborted, others] = await Promise.all([
      inParallel(ABORTED, 24, abort),
      inParallel(1_000, 8, async () => (await stack.client.complete('lora-request')).status),
    ]);
    expect(aborted.filter((outcome) => outcome === 'aborted').length).toBeGreaterThan(ABORTED * 0.9);
    expect(others.filter((status) => status !== 200)).toEqual([]);
    await expect.poll(() => stack.serin.metric('serin_streams_open'), { timeout: 10_000 }).toBe(0);
    expect(await stack.serin.metric('serin_held_body_bytes')).toBe(0);
  });

  it('an edit under load takes effect without a lost request', { timeout: 120_000 }, async () => {
    stack = await startStack({});
    const file = join(stack.manifests, 'inferencemodel.yaml');
    const before = await readFile(file, 'utf8');
    let edited = false;
    const served = await inParallel(6_000, 16, async (index) => {
      if (index === 2_000) {
        await writeFile(file, onlyTarget(before, 'sql-lora-3'));
        await expect.poll(() => stack.serin.targetsInForce('lora-request')).toEqual(['sql-lora-3']);
        edited = true;
      }
      const after = edited;
      const answer = await stack.client.complete('lora-request');
      return { status: answer.status, after, model: servedModel(answer) };
    });
    expect(served.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(served.filter(({ after }) => after).map(({ model }) => model))).toEqual(
      new Set(['sql-lora-3']),
    );
    expect(new Set(served.map(({ model }) => model)).size).toBe(10);
  });
});

/** The manifest with the weight of every target but one set to 0. */
function onlyTarget(manifest: string, target: string): string {
  return manifest.replace(/(- name: (\S+)\n\s+weight: )\d+/g, (_, head: string, name: string) =>
    name === target ? `${head}10` : `${head}0`,
  );
}
