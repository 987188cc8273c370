import { afterEach, describe, expect, it } from 'vitest';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

/** One second of generation: ten tokens, a tenth of a second each. */
const SECOND = { timePerTokenMs: 100 };
const MAX_TOKENS = 11;

/** Scrapes so seldom that nothing but the ledger can tell what is in flight. */
const NO_SCRAPES = ['--refresh-metrics-interval=1h'];

const PHASES = [
  ['response headers SKIP', { response_header_mode: 'SKIP', response_body_mode: 'NONE' }],
  ['response headers only', { response_header_mode: 'SEND', response_body_mode: 'NONE' }],
  ['response body FULL_DUPLEX_STREAMED', { response_body_mode: 'FULL_DUPLEX_STREAMED' }],
] as const;

describe.each(PHASES)('the ledger behind Envoy, %s', (_, processing) => {
  let stack: Stack;
  afterEach(() => stack.stop());

  const sentToAll = async () =>
    (await Promise.all(stack.pods.map(({ address }) => stack.serin.sent(address)))).reduce(
      (a, b) => a + b,
      0,
    );

  it('counts three requests of a second on three pods until each has ended, or a scrape has seen it', async () => {
    stack = await startStack({ fake: SECOND, serin: NO_SCRAPES, processing });
    const answers = Promise.all(
      [1, 2, 3].map(() => stack.client.complete('lora-request', { max_tokens: MAX_TOKENS, stream: true })),
    );
    await expect
      .poll(() => stack.pods.map((pod) => pod.running().length), { interval: 10 })
      .toEqual([1, 1, 1]);
    // The streams of two of the three modes have ended by now, and that must settle nothing.
    expect(await sentToAll()).toBe(3);
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('forgets a request once a scrape has seen it', async () => {
    stack = await startStack({ processing });
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
