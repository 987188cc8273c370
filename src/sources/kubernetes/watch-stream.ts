import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { messageOf } from '../files/system-error.ts';
import { createDeadline } from '../scrape/deadline.ts';
import { type Failure, type NoAnswer, refusalOf } from './answer.ts';
import type { OpenApi } from './api-server.ts';

/** How a watch ended: the server closed it, the listener wanted no more, or it was refused or broke. */
export type StreamEnd = { readonly kind: 'closed' } | { readonly kind: 'stopped' } | Failure;

/** One watch: where, how patiently, and who hears of it. */
export interface StreamRequest {
  readonly path: string;
  /** For the head of the answer. */
  readonly timeoutMs: number;
  /** A connection that is silent for this long counts as dead: the server sends a bookmark every minute. */
  readonly silenceMs: number;
  /** The server has taken the watch. */
  readonly onOpen: () => void;
  /** Gets whole lines, as many as arrived together; `stop` ends the watch. */
  readonly onLines: (lines: readonly string[]) => 'go on' | 'stop';
}

/** Reads the lines of one watch until it ends; never rejects. */
export async function readStream(
  open: OpenApi,
  request: StreamRequest,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const { path, timeoutMs } = request;
  const head = createDeadline(timeoutMs, signal);
  try {
    const response = await open(path, head.signal);
    if (response.statusCode !== 200) return await refusalOf(response);
    head.clear();
    // Something else that answers every request with a page of its own must not pass for a quiet watch.
    if (!isJson(response)) return notJson(response);
    request.onOpen();
    return await readLines(response, request, signal);
  } catch (cause) {
    const late = head.signal.aborted && !signal.aborted;
    return { kind: 'failed', message: late ? `no answer within ${timeoutMs} ms` : messageOf(cause) };
  } finally {
    head.clear();
  }
}

function isJson({ headers }: IncomingMessage): boolean {
  return (headers['content-type'] ?? '').startsWith('application/json');
}

function notJson(response: IncomingMessage): NoAnswer {
  response.destroy();
  return { kind: 'failed', message: 'the answer is no watch' };
}

const CUT_OFF: NoAnswer = { kind: 'failed', message: 'a line of the watch is cut off' };

function readLines(
  response: IncomingMessage,
  { silenceMs, onLines }: StreamRequest,
  signal: AbortSignal,
): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const utf8 = new StringDecoder();
    let rest = '';
    const settle = (end: StreamEnd) => {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      resolve(end);
      response.destroy();
    };
    const stop = () => settle({ kind: 'stopped' });
    const hand = (lines: readonly string[]) => {
      try {
        if (onLines(lines) === 'stop') stop();
      } catch (cause) {
        // An event of a socket has no caller that could catch it.
        settle({ kind: 'fault', message: messageOf(cause) });
      }
    };
    const silence = setTimeout(
      () => settle({ kind: 'failed', message: `silent for ${silenceMs} ms` }),
      silenceMs,
    );
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) return stop();
    response.on('data', (piece: Buffer) => {
      silence.refresh();
      const lines = (rest + utf8.write(piece)).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) hand(lines);
    });
    response.on('end', () => settle(rest === '' ? { kind: 'closed' } : CUT_OFF));
    response.on('error', (cause) => settle({ kind: 'failed', message: messageOf(cause) }));
  });
}
