import { Agent, type IncomingMessage, request } from 'node:http';
import { z } from 'zod';
import type { Outcome } from './round.ts';

/** The host and the request body of the scenario's own curl line. */
export const DEMO_HOST = 'test.com';
export const DEMO_REQUEST = {
  model: 'lora-request',
  prompt: 'Write as if you were a critic: San Francisco',
  max_tokens: 100,
  temperature: 0,
};

/** Response header in which the demo's Envoy names the pod that has served. */
export const POD_HEADER = 'x-served-by';

/** Sends one completion request and tells how it ended; never rejects but for the signal. */
export type SendCompletion = (signal: AbortSignal) => Promise<Outcome>;

const answerSchema = z.object({ model: z.string() });
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function outcomeOf(response: IncomingMessage, text: string): Outcome {
  const body = parseJson(text);
  const answer = answerSchema.safeParse(body);
  if (response.statusCode === 200 && answer.success) {
    const pod = response.headers[POD_HEADER];
    return { kind: 'served', target: answer.data.model, pod: typeof pod === 'string' ? pod : 'unknown' };
  }
  const error = errorSchema.safeParse(body);
  const said = error.success ? error.data.error.message : text.slice(0, 200);
  return { kind: 'failed', problem: `status ${response.statusCode}: ${said}` };
}

/** Creates a client of the demo's Envoy on 127.0.0.1 that keeps its connections. */
export function createCompletions(port: number): SendCompletion {
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify(DEMO_REQUEST);
  const headers = { host: DEMO_HOST, 'content-type': 'application/json', 'content-length': body.length };
  const options = { agent, host: '127.0.0.1', port, method: 'POST', path: '/v1/completions', headers };
  return (signal) =>
    new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        if (signal.aborted) reject(signal.reason);
        else resolve({ kind: 'failed', problem: error.message });
      };
      const sent = request({ ...options, signal }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('end', () => resolve(outcomeOf(response, text)));
        response.once('error', fail);
      });
      sent.once('error', fail);
      sent.end(body);
    });
}
