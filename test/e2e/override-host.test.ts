import { describe, expect, it } from 'vitest';
import { inParallel } from './client.ts';
import { startStack } from './stack.ts';

describe('override_host', () => {
  it('reports which pod has served, and a pod that Envoy does not know is counted as served elsewhere', async () => {
    const stack = await startStack({ config: 'envoy-override-host.yaml', knownPods: 2, serin: ['-v=4'] });
    const statuses = await inParallel(
      60,
      4,
      async () => (await stack.client.complete('lora-request')).status,
    );
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    const [, , unknown] = stack.pods;
    const picked = await stack.serin.metric(`serin_picks_total{endpoint="${unknown?.address}"}`);
    expect(picked).toBeGreaterThan(0);
    expect(unknown?.requests()).toBe(0);
    expect(await stack.serin.metric('serin_served_elsewhere_total')).toBe(picked);
    await expect.poll(() => stack.serin.requests().length, { interval: 10 }).toBe(60);
    const elsewhere = stack.serin.requests().filter(({ endpoint, served }) => served !== endpoint);
    expect(elsewhere.map(({ endpoint }) => endpoint)).toEqual(Array(picked).fill(unknown?.address));
    expect(elsewhere.map(({ served }) => served)).not.toContain(undefined);
    await stack.stop();
  });

  it('takes the picked pod and not the one that a client names', async () => {
    const stack = await startStack({ config: 'envoy-override-host.yaml', pods: 2 });
    const [first, second] = stack.pods;
    await inParallel(40, 1, () =>
      stack.client.send({
        headers: { 'x-gateway-destination-endpoint': first?.address ?? '' },
        body: '{"model":"sql-lora","prompt":"x","max_tokens":1}',
      }),
    );
    expect(first?.requests()).toBeGreaterThan(5);
    expect(second?.requests()).toBeGreaterThan(5);
    expect(await stack.serin.metric('serin_served_elsewhere_total')).toBe(0);
    await stack.stop();
  });
});
