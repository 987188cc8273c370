import { describe, expect, it } from 'vitest';
import { startStack } from './stack.ts';

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

describe('streaming behind Envoy', () => {
  it('an SSE answer of 20 s arrives event by event', { timeout: 60_000 }, async () => {
    const stack = await startStack({ fake: { timePerTokenMs: 200 } });
    const arrivals: number[] = [];
    const started = Date.now();
    const answer = await stack.client.send({
      body: JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 100, stream: true }),
      onData: () => arrivals.push(Date.now() - started),
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ]);
    expect(answer.body.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(arrivals.length).toBeGreaterThan(50);
    expect(arrivals[0]).toBeLessThan(10_000);
    expect(arrivals.at(-1)).toBeGreaterThan(15_000);
    await stack.stop();
  });

  it('SIGTERM lets a response run on that is longer than the drain delay, and then Serin ends', {
    timeout: 60_000,
  }, async () => {
    const stack = await startStack({
      fake: { timePerTokenMs: 100 },
      serin: ['--drain-delay=1s', '--drain-timeout=30s'],
    });
    const answer = stack.client.send({
      body: JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 50, stream: true }),
      onData: once(stack.serin.terminate),
    });
    const { status, body } = await answer;
    expect([status, body.endsWith('data: [DONE]\n\n')]).toEqual([200, true]);
    expect(body.split('\n\n').length).toBeGreaterThan(50);
    expect(await stack.serin.exitCode()).toBe(0);
    await stack.stop();
  });
});
