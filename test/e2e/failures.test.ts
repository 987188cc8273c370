import { afterEach, describe, expect, it } from 'vitest';
import { inParallel } from './client.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

describe('a pod killed under load', () => {
  let stack: Stack;
  afterEach(() => stack.stop());

  it('with override_host and retry no request fails but what that pod was already answering', {
    timeout: 120_000,
  }, async () => {
    stack = await startStack({
      config: 'envoy-override-host.yaml',
      serin: ['--fallback-endpoints=2'],
      fake: { timePerTokenMs: 2 },
    });
    const [victim] = stack.pods;
    const answers = await inParallel(3_000, 24, async (index) => {
      if (index === 1_000) await victim?.kill();
      return stack.client.complete('lora-request').then(
        ({ status }) => status,
        () => 0,
      );
    });
    const failed = answers.filter((status) => status !== 200).length;
    expect(failed).toBeLessThanOrEqual(victim?.answeringWhenKilled() ?? 0);
    expect(victim?.requests()).toBeGreaterThan(0);
  });

  it('with ORIGINAL_DST exactly what was sent to it before it was found dead fails', {
    timeout: 120_000,
  }, async () => {
    stack = await startStack({ fake: { timePerTokenMs: 2 } });
    const [victim] = stack.pods;
    const address = victim?.address ?? '';
    let found = false;
    const answers = await inParallel(3_000, 24, async (index) => {
      if (index === 1_000) {
        await victim?.kill();
        await expect.poll(() => stack.serin.freshness(address), { interval: 20 }).toBe('dead');
        found = true;
      }
      const sentAfter = found;
      const status = await stack.client.complete('lora-request').then(
        (answer) => answer.status,
        () => 0,
      );
      return { sentAfter, status };
    });
    expect(answers.filter(({ sentAfter, status }) => sentAfter && status !== 200)).toEqual([]);
    const failed = answers.filter(({ status }) => status !== 200).length;
    const lost =
      (await stack.serin.metric(`serin_picks_total{endpoint="${address}"}`)) - (victim?.answered() ?? 0);
    expect(failed).toBe(lost);
  });
});

describe('a pool without a ready pod', () => {
  it('is 503 for requests with and without a body, and Serin stays ready', async () => {
    const stack = await startStack({ pods: 1 });
    const [pod] = stack.pods;
    await pod?.kill();
    await expect.poll(() => stack.serin.freshness(pod?.address ?? ''), { interval: 20 }).toBe('dead');
    const answers = [
      await stack.client.complete('lora-request'),
      await stack.client.send({ method: 'GET', path: '/v1/models' }),
    ];
    expect(answers.map(({ status, body }) => [status, JSON.parse(body).error.code])).toEqual([
      [503, 'no_endpoint'],
      [503, 'no_endpoint'],
    ]);
    expect(await stack.serin.ready()).toBe(true);
    await stack.stop();
  });
});
