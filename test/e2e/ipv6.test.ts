import { describe, expect, it } from 'vitest';
import { servedModel } from './client.ts';
import { startStack } from './stack.ts';

describe.each(['envoy.yaml', 'envoy-override-host.yaml'] as const)('IPv6 pods behind Envoy, %s', (config) => {
  it('are reached by their bracketed address', async () => {
    const stack = await startStack({ config, host: '::1' });
    const answer = await stack.client.complete('sql-lora-1');
    expect([answer.status, servedModel(answer)]).toEqual([200, 'sql-lora-1']);
    expect(stack.pods.map((pod) => pod.address)).toEqual(
      stack.pods.map(() => expect.stringMatching(/^\[::1\]:\d+$/)),
    );
    await stack.stop();
  });
});
