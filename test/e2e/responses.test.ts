import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestLine } from './serin.ts';
import type { Stack } from './stack.ts';
import { startStack } from './stack.ts';

/** How long a model thinks before it speaks; the headers of a stream do not wait for it. */
const THOUGHT_MS = 1500;
const LOGS = ['-v=4', '--refresh-metrics-interval=1h'];
const MAX_TOKENS = 6;
const CHAT = {
  path: '/v1/chat/completions',
  body: JSON.stringify({
    model: 'lora-request',
    messages: [{ role: 'user', content: 'San Francisco is a' }],
    max_tokens: MAX_TOKENS,
    stream: true,
    stream_options: { include_usage: true },
  }),
};
/** Four words, and what the template and the beginning of the text take. */
const USAGE = { promptTokens: 8, completionTokens: MAX_TOKENS };

/** The line of the latest request, once there are so many. */
async function lineOf(stack: Stack, count: number): Promise<RequestLine> {
  await expect.poll(() => stack.serin.requests().length, { interval: 10 }).toBe(count);
  return stack.serin.requests()[count - 1] ?? {};
}

/** A stream that takes a minute at 20 ms a token. */
const ENDLESS = JSON.stringify({ model: 'lora-request', prompt: 'a', max_tokens: 3000, stream: true });
const eventsOf = (body: string) => body.split('\n\n').filter((event) => event !== '');

describe.each(['STREAMED', 'FULL_DUPLEX_STREAMED', 'BUFFERED', 'NONE'] as const)(
  'what is known of a response behind Envoy, response body %s',
  (mode) => {
    const seen = mode !== 'NONE';
    const told = seen
      ? { ...USAGE, finishReason: 'length', end: 'complete' }
      : { noUsage: 'unread', end: 'unseen' };
    let stack: Stack;
    let count = 0;
    beforeAll(async () => {
      stack = await startStack({
        serin: [...LOGS, '--inject-include-usage'],
        processing: { response_body_mode: mode },
      });
    });
    afterAll(() => stack.stop());

    async function ask(sent: { readonly path?: string; readonly body: string }) {
      const answer = await stack.client.send(sent);
      count += 1;
      return { answer, line: await lineOf(stack, count) };
    }

    /** Sets a fault of all models on all pods, or takes it back. */
    const fault = (method: 'POST' | 'DELETE', body: object = {}) =>
      Promise.all(
        stack.pods.map(({ address }) =>
          fetch(`http://${address}/admin/faults`, {
            method,
            ...(method === 'POST' ? { body: JSON.stringify({ model: '*', ...body }) } : {}),
          }),
        ),
      );

    it('of an event stream: the first token is not the headers, and the last event has the usage', async () => {
      await fault('POST', { addedLatencyMs: THOUGHT_MS });
      const { answer, line } = await ask(CHAT);
      await fault('DELETE');
      expect(eventsOf(answer.body).at(-1)).toBe('data: [DONE]');
      expect(line).toMatchObject({
        outcome: 'forwarded',
        model: 'lora-request',
        target: expect.any(String),
        endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        status: 200,
        streamed: true,
        ...told,
      });
      const { headersMs = 0, firstTokenMs, durationMs } = line as { readonly [name: string]: number };
      // Envoy keeps the stream open for as long as the response takes.
      expect(durationMs).toBeGreaterThan(THOUGHT_MS - 100);
      if (firstTokenMs === undefined) expect(seen).toBe(false);
      else expect(firstTokenMs - headersMs).toBeGreaterThan(THOUGHT_MS / 2);
      expect(headersMs).toBeLessThan(Number(durationMs) - THOUGHT_MS / 2);
    });

    it('of a JSON answer', async () => {
      const body = JSON.stringify({ model: 'lora-request', prompt: 'San Francisco', max_tokens: MAX_TOKENS });
      const { answer, line } = await ask({ body });
      expect(JSON.parse(answer.body).usage.completion_tokens).toBe(MAX_TOKENS);
      const usage = seen ? { ...USAGE, promptTokens: 3 } : {};
      expect(line).toMatchObject({ status: 200, streamed: false, ...told, ...usage });
    });

    it('of a stream whose client asks for no usage: Serin does, and keeps the event', async () => {
      const body = JSON.stringify({
        model: 'lora-request',
        prompt: 'a',
        max_tokens: MAX_TOKENS,
        stream: true,
      });
      const { answer, line } = await ask({ body });
      const events = eventsOf(answer.body);
      expect([events.length, events.at(-1)]).toEqual([MAX_TOKENS + 1, 'data: [DONE]']);
      expect(answer.body).not.toContain('usage');
      expect(stack.lastBodyAtAnyPod().includes('"include_usage":true')).toBe(seen);
      expect(line).toMatchObject({ ...told, ...(seen ? { ...USAGE, promptTokens: 2 } : {}) });
    });

    it('of an error of the pod', async () => {
      await fault('POST', { errorRate: 1 });
      const { answer, line } = await ask(CHAT);
      await fault('DELETE');
      expect(answer.status).toBe(500);
      expect(line).toMatchObject({ outcome: 'forwarded', status: 500, streamed: false });
      expect([line.promptTokens, line.noUsage]).toEqual([undefined, undefined]);
    });
  },
);

describe.each(['BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED'] as const)(
  'a stream whose client asks for no usage, request body %s',
  (bodyMode) => {
    it('asks the pod for it, in a body of the right length', async () => {
      const stack = await startStack({
        bodyMode,
        serin: [...LOGS, '--inject-include-usage'],
        processing: { response_body_mode: 'STREAMED' },
      });
      const answer = await stack.client.complete('lora-request', {
        stream: true,
        stream_options: { include_usage: false },
      });
      expect(eventsOf(answer.body).length).toBe(4 + 1);
      expect(JSON.parse(stack.lastBodyAtAnyPod().toString()).stream_options).toEqual({ include_usage: true });
      expect(await lineOf(stack, 1)).toMatchObject({ promptTokens: 3, completionTokens: 4, end: 'complete' });
      await stack.stop();
    });
  },
);

describe.each(['STREAMED', 'FULL_DUPLEX_STREAMED'] as const)(
  'a response that does not run smoothly, response body %s',
  (mode) => {
    let stack: Stack;
    afterEach(() => stack.stop());
    const start = async (timePerTokenMs: number) => {
      stack = await startStack({
        fake: { timePerTokenMs },
        serin: LOGS,
        processing: { response_body_mode: mode },
      });
    };

    it('that its client cancels is told as cut off', async () => {
      await start(20);
      const stop = new AbortController();
      const answer = stack.client.send({ body: ENDLESS, signal: stop.signal, onData: () => stop.abort() });
      await expect(answer).rejects.toThrow();
      const line = await lineOf(stack, 1);
      expect(line).toMatchObject({ status: 200, streamed: true, end: 'cut', noUsage: 'cut' });
      expect(line.firstTokenMs).toBeLessThanOrEqual(Number(line.durationMs));
      expect(line.finishReason).toBe(undefined);
    });

    it('whose pod dies is told as cut off', async () => {
      await start(20);
      const running = () => stack.pods.find((pod) => pod.running().length > 0);
      const answer = stack.client.send({ body: ENDLESS, onData: () => void running()?.kill() });
      await expect(answer).rejects.toThrow();
      const line = await lineOf(stack, 1);
      expect(line).toMatchObject({ status: 200, streamed: true, end: 'cut', noUsage: 'cut' });
      expect(line.firstTokenMs).toEqual(expect.any(Number));
    });

    it('whose client is slow is told whole, and reaches it whole', async () => {
      await start(0);
      const body = JSON.stringify({ ...JSON.parse(ENDLESS), stream_options: { include_usage: true } });
      const answered = () => stack.pods.reduce((total, pod) => total + pod.answered(), 0);
      const text = await readSlowly(stack.port, body, () => expect.poll(answered, { interval: 10 }).toBe(1));
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
      expect(await lineOf(stack, 1)).toMatchObject({
        end: 'complete',
        promptTokens: 2,
        completionTokens: 3000,
        finishReason: 'length',
      });
    });
  },
);

describe('a response whose body Serin does not see', () => {
  it('that its client cancels is told when it ends, and not as whole', async () => {
    const stack = await startStack({ fake: { timePerTokenMs: 20 }, serin: LOGS });
    const stop = new AbortController();
    const answer = stack.client.send({ body: ENDLESS, signal: stop.signal, onData: () => stop.abort() });
    await expect(answer).rejects.toThrow();
    expect(await lineOf(stack, 1)).toMatchObject({
      status: 200,
      streamed: true,
      end: 'unseen',
      noUsage: 'unread',
    });
    await stack.stop();
  });

  it('that cannot begin, since its pod is gone, has the status of the proxy', async () => {
    const stack = await startStack({ pods: 1, serin: LOGS });
    await stack.pods[0]?.kill();
    const { status } = await stack.client.complete('lora-request');
    expect(status).toBe(503);
    expect(await lineOf(stack, 1)).toMatchObject({ outcome: 'forwarded', status: 503, streamed: false });
    await stack.stop();
  });
});

/** Reads an answer whose first piece is not followed by a second before `pause` is over. */
function readSlowly(port: number, body: string, pause: () => Promise<unknown>): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'test.com', 'content-type': 'application/json' };
    const options = { host: '127.0.0.1', port, method: 'POST', path: '/v1/completions', headers };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.once('data', () => {
        response.pause();
        pause().then(() => response.resume(), reject);
      });
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
