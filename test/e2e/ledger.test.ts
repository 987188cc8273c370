import { afterEach, describe, expect, it } from 'vitest';
import type { Stack, StackOptions } from './stack.ts';
import { startStack } from './stack.ts';

/** One second of generation: ten tokens, a tenth of a second each. */
const SECOND = { timePerTokenMs: 100 };
const MAX_TOKENS = 11;

/** Scrapes so seldom that nothing but the ledger can tell what is in flight. */
const NO_SCRAPES = ['--refresh-metrics-interval=1h'];

/** The shipped configs, then one in which response bodies are sent as well. */
const SET_UPS: readonly (readonly [string, StackOptions])[] = [
  ['envoy.yaml', { config: 'envoy.yaml' }],
  ['envoy-override-host.yaml', { config: 'envoy-override-host.yaml' }],
  ['envoy-als.yaml', { config: 'envoy-als.yaml' }],
  ['response body FULL_DUPLEX_STREAMED', { processing: { response_body_mode: 'FULL_DUPLEX_STREAMED' } }],
];

describe.each(SET_UPS)('the ledger behind Envoy, %s', (_, options) => {
  let stack: Stack;
  afterEach(() => stack.stop());

  const sentToAll = async () =>
    (await Promise.all(stack.pods.map(({ address }) => stack.serin.sent(address)))).reduce(
      (a, b) => a + b,
      0,
    );

  it('counts three requests of a second on three pods until each has ended, or a scrape has seen it', async () => {
    stack = await startStack({ ...options, fake: SECOND, serin: NO_SCRAPES });
    const answers = Promise.all(
      [1, 2, 3].map(() => stack.client.complete('lora-request', { max_tokens: MAX_TOKENS, stream: true })),
    );
    await expect
      .poll(() => stack.pods.map((pod) => pod.running().length), { interval: 10 })
      .toEqual([1, 1, 1]);
    expect(await sentToAll()).toBe(3);
    expect(await stack.serin.metric('serin_streams_open')).toBe(3);
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200]);
    await expect.poll(() => stack.serin.metric('serin_streams_open')).toBe(0);
  });

  it('forgets a request once a scrape has seen it', async () => {
    stack = await startStack(options);
    await stack.client.complete('lora-request');
    await expect.poll(sentToAll, { interval: 20, timeout: 10_000 }).toBe(0);
  });
});

describe('the ledger behind Envoy', () => {
  it('forgets a request at the end of its response where Serin sees that', async () => {
    const stack = await startStack({
      serin: NO_SCRAPES,
      processing: { response_body_mode: 'FULL_DUPLEX_STREAMED' },
    });
    await stack.client.complete('lora-request');
    const sent = await Promise.all(stack.pods.map(({ address }) => stack.serin.sent(address)));
    expect(sent).toEqual([0, 0, 0]);
    await stack.stop();
  });
});
