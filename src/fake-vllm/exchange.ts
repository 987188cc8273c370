import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Problem } from './problem.ts';

/** One HTTP request with its whole body, and the ways to answer it. */
export interface HttpExchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  readonly json: (status: number, value: object) => void;
  /** Answers 200 with a text; vLLM gives some of its texts no type. */
  readonly text: (type: string | undefined, text: string) => void;
  readonly problem: (problem: Problem) => void;
  /** Starts an event stream: its headers go out at once, however long the first event takes. */
  readonly startEvents: () => void;
  /** Sends one event: an object as JSON, or a word such as `[DONE]`. */
  readonly event: (data: object | string) => void;
  readonly end: () => void;
  /** Breaks the connection, once what was sent is out. */
  readonly destroy: () => void;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Reads a request to its end. */
export function readExchange(request: IncomingMessage, response: ServerResponse): Promise<HttpExchange> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('error', reject);
    request.on('end', () => resolve(exchangeOf(request, response, Buffer.concat(pieces), gone.signal)));
  });
}

function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  signal: AbortSignal,
): HttpExchange {
  function send(status: number, headers: OutgoingHttpHeaders, text: string): void {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  }
  return {
    method: request.method ?? '',
    path: (request.url ?? '').split('?', 1)[0] ?? '',
    headers: request.headers,
    body,
    signal,
    json: (status, value) => send(status, JSON_TYPE, JSON.stringify(value)),
    text: (type, text) => send(200, type === undefined ? {} : { 'content-type': type }, text),
    problem: ({ status, body: value, allow }) =>
      send(status, allow === undefined ? JSON_TYPE : { ...JSON_TYPE, allow }, JSON.stringify(value)),
    startEvents: () => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.flushHeaders();
    },
    event: (data) =>
      void response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`),
    end: () => void response.end(),
    destroy: () => {
      if (response.headersSent) response.write('', () => response.destroy());
      else response.destroy();
    },
  };
}
