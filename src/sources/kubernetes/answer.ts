import type { IncomingMessage } from 'node:http';
import { messageOf } from '../files/system-error.ts';
import { createDeadline } from '../scrape/deadline.ts';
import type { OpenApi, Sent } from './api-server.ts';

/** An answer that is no success: a status, with the time after which to come back if the server names one. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

/** No answer, or one that broke off. */
export interface NoAnswer {
  readonly kind: 'failed';
  readonly message: string;
}

/** Serin itself could not take what the server sent. */
export interface Fault {
  readonly kind: 'fault';
  readonly message: string;
}

/** Why a request or a watch gave nothing. */
export type Failure = Refusal | NoAnswer | Fault;

/** What one request yields. */
export type Answer = { readonly kind: 'ok'; readonly value: unknown } | Refusal | NoAnswer;

/** Lists come in pages, so a longer answer is none of the API server's. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;
const MAX_MESSAGE = 300;

/** How long an answer is waited for. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Gets one JSON value within `timeoutMs`. */
export function getJson(open: OpenApi, path: string, patience: Patience): Promise<Answer> {
  return within(patience, (signal) => open(path, signal));
}

/** Sends something to be stored, and gets what is stored then. */
export function sendJson(
  open: OpenApi,
  { path, ...sent }: Sent & { readonly path: string },
  patience: Patience,
): Promise<Answer> {
  return within(patience, (signal) => open(path, signal, sent));
}

async function within(
  { timeoutMs, signal }: Patience,
  ask: (signal: AbortSignal) => Promise<IncomingMessage>,
): Promise<Answer> {
  const deadline = createDeadline(timeoutMs, signal);
  try {
    const response = await ask(deadline.signal);
    if (response.statusCode !== 200 && response.statusCode !== 201) return await refusalOf(response);
    return parsed(await textOf(response));
  } catch (cause) {
    const late = deadline.signal.aborted && !signal.aborted;
    return { kind: 'failed', message: late ? `no answer within ${timeoutMs} ms` : messageOf(cause) };
  } finally {
    deadline.clear();
  }
}

/** What a parser says of a text quotes it, and an answer may repeat a token. */
function parsed(text: string): Answer {
  try {
    return { kind: 'ok', value: JSON.parse(text) };
  } catch {
    return { kind: 'failed', message: 'the answer is no JSON' };
  }
}

/** The reason of a failure as metrics show it. */
export function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case 'refused':
      return String(failure.status);
    case 'failed':
      return 'connection';
    case 'fault':
      return 'fault';
  }
}

/** Reads an answer that is no success. */
export async function refusalOf(response: IncomingMessage): Promise<Refusal> {
  const status = response.statusCode ?? 0;
  const text = await textOf(response);
  const retryAfterMs = retryAfter(response.headers['retry-after']);
  return { kind: 'refused', status, message: statusMessage(text) ?? `status ${status}`, retryAfterMs };
}

function retryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && seconds >= 0 ? seconds * 1000 : undefined;
}

/** The API server explains itself with a Status object; what stands before it may say anything. */
function statusMessage(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('message' in value)) return undefined;
    return typeof value.message === 'string' ? value.message.slice(0, MAX_MESSAGE) : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_BODY_BYTES) throw new Error(`an answer of more than ${MAX_BODY_BYTES} bytes`);
  }
  return Buffer.concat(pieces).toString('utf8');
}
