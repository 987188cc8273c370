import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from './gateway.ts';
import type { OddBackend } from './odd-backend.ts';
import { startOddBackend } from './odd-backend.ts';

const USAGE = '"usage":{"prompt_tokens":12,"total_tokens":19,"completion_tokens":7}';
const TOLD = { promptTokens: 12, completionTokens: 7, end: 'complete' };
const JSON_BODY = `{"choices":[{"index":0,"text":"fog","finish_reason":"stop"}],${USAGE}}`;
const REQUEST = JSON.stringify({ model: 'lora-request', prompt: 'a', stream: true });

/** Sends each piece once the one before has left, so that they come apart. */
function sendPieces(response: ServerResponse, pieces: readonly (string | Uint8Array)[]): void {
  const [piece, ...rest] = pieces;
  if (piece === undefined) response.end();
  else response.write(piece, () => setImmediate(() => sendPieces(response, rest)));
}

const sha = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each(['STREAMED', 'FULL_DUPLEX_STREAMED', 'BUFFERED'] as const)(
  'an odd response behind Envoy, response body %s',
  (mode) => {
    let answer: (response: ServerResponse) => void = () => undefined;
    let backend: OddBackend;
    let gateway: Gateway;
    let count = 0;
    beforeAll(async () => {
      backend = await startOddBackend((response) => answer(response));
      gateway = await startGateway([backend], {
        serin: ['-v=4', '--inject-include-usage'],
        processing: { response_body_mode: mode },
      });
    });
    afterAll(async () => {
      await gateway.stop();
      await backend.close();
    });

    /** What the client gets, and what Serin tells of it. */
    async function ask(
      type: string,
      headers: { readonly [name: string]: string },
      pieces: readonly (string | Uint8Array)[],
    ) {
      answer = (response) => {
        response.writeHead(200, { 'content-type': type, ...headers });
        sendPieces(response, pieces);
      };
      const { bytes } = await gateway.client.send({ body: REQUEST });
      count += 1;
      await expect.poll(() => gateway.serin.requests().length, { interval: 10 }).toBe(count);
      return { bytes, line: gateway.serin.requests()[count - 1] };
    }

    it('in gzip passes byte by byte and is not read', async () => {
      const zipped = gzipSync(JSON_BODY);
      const { bytes, line } = await ask('application/json', { 'content-encoding': 'gzip' }, [zipped]);
      expect(sha(bytes)).toBe(sha(zipped));
      expect(line).toMatchObject({ status: 200, noUsage: 'opaque', end: 'complete' });
      expect(line?.firstTokenMs).toEqual(expect.any(Number));
    });

    it('that is no text passes byte by byte', async () => {
      const audio = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 256));
      const { bytes, line } = await ask('audio/mpeg', {}, [audio.subarray(0, 1000), audio.subarray(1000)]);
      expect(sha(bytes)).toBe(sha(audio));
      expect(line).toMatchObject({ noUsage: 'opaque', end: 'complete' });
    });

    it('that is large JSON is read on its way', async () => {
      const text = 'fog '.repeat(1_000_000);
      const large = JSON_BODY.replace('fog', text);
      const { bytes, line } = await ask('application/json', {}, [large]);
      expect(sha(bytes)).toBe(sha(large));
      expect(line).toMatchObject({ ...TOLD, finishReason: 'stop' });
    });

    it('whose usage comes apart from [DONE] and in pieces loses the usage event alone', async () => {
      const content = 'data: {"choices":[{"index":0,"text":"fog","finish_reason":"stop"}]}\n\n';
      const event = `data: {"choices":[],${USAGE}}\n\n`;
      const pieces = [
        content,
        event.slice(0, 9),
        event.slice(9, 40),
        `${event.slice(40)}data: [D`,
        'ONE]\n\n',
      ];
      const { bytes, line } = await ask('text/event-stream', {}, pieces);
      expect(bytes.toString()).toBe(`${content}data: [DONE]\n\n`);
      expect(line).toMatchObject({ ...TOLD, finishReason: 'stop', streamed: true });
    });

    it('of the Responses API has its usage nested in the last event, after all of its text', async () => {
      const text = 'fog '.repeat(20_000);
      const events = [
        'event: response.created\ndata: {"response":{"status":"in_progress","usage":null}}\n\n',
        `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"fog "}\n\n`,
        `event: response.completed\ndata: {"response":{"output":"${text}","status":"completed",` +
          '"usage":{"input_tokens":12,"output_tokens":7}}}\n\n',
      ];
      const { bytes, line } = await ask('text/event-stream', {}, events);
      expect(sha(bytes)).toBe(sha(events.join('')));
      expect(line).toMatchObject({ ...TOLD, finishReason: 'completed' });
    });

    it('with trailers has ended with them', async () => {
      answer = (response) => {
        response.writeHead(200, { 'content-type': 'application/json', trailer: 'x-checksum' });
        response.write(JSON_BODY);
        response.addTrailers({ 'x-checksum': 'abc' });
        response.end();
      };
      const got = await gateway.client.send({ headers: { te: 'trailers' }, body: REQUEST });
      count += 1;
      expect(got.body).toBe(JSON_BODY);
      await expect.poll(() => gateway.serin.requests().length, { interval: 10 }).toBe(count);
      expect(gateway.serin.requests()[count - 1]).toMatchObject({ ...TOLD, finishReason: 'stop' });
    });
  },
);
