import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request as httpRequest } from 'node:http';

/** An answer as a client sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Buffer;
  readonly trailers: NodeJS.Dict<string>;
}

/** What a test sends; a body of several parts goes out chunked, in as many writes. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[];
  readonly trailers?: { readonly [name: string]: string };
  /** Called with each piece of the response body as it arrives. */
  readonly onData?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Sends requests to one port; connections are kept and reused. */
export interface Client {
  readonly send: (sent: Sent) => Promise<Answer>;
  /** Posts a completion for a model, with host test.com as in the seed. */
  readonly complete: (model: string, extra?: object) => Promise<Answer>;
  readonly close: () => void;
}

/** Where a client connects to, and what it always sends. */
export interface ClientOptions {
  readonly host?: string;
  readonly headers?: { readonly [name: string]: string };
  /** Most connections that it opens. */
  readonly connections?: number;
}

const CONNECTIONS = 64;

/** Creates a client of a port, on 127.0.0.1 unless told otherwise. */
export function createClient(
  port: number,
  { host = '127.0.0.1', headers = {}, connections = CONNECTIONS }: ClientOptions = {},
): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  function send(sent: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          agent,
          host,
          port,
          method: sent.method ?? 'POST',
          path: sent.path ?? '/v1/completions',
          headers: { host: 'test.com', 'content-type': 'application/json', ...headers, ...sent.headers },
          ...(sent.signal === undefined ? {} : { signal: sent.signal }),
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => {
            pieces.push(piece);
            sent.onData?.(piece.toString());
          });
          response.on('error', reject);
          response.on('end', () => {
            const bytes = Buffer.concat(pieces);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: bytes.toString(),
              bytes,
              trailers: response.trailers,
            });
          });
        },
      );
      request.on('error', reject);
      if (sent.trailers !== undefined) request.addTrailers(sent.trailers);
      write(request, sent.body);
    });
  }

  return {
    send,
    complete: (model, extra = {}) =>
      send({ body: JSON.stringify({ model, prompt: 'San Francisco', max_tokens: 4, ...extra }) }),
    close: () => agent.destroy(),
  };
}

function write(request: ReturnType<typeof httpRequest>, body: Sent['body']): void {
  if (Array.isArray(body)) {
    for (const part of body) request.write(part);
    request.end();
  } else {
    request.end(body as string | Uint8Array | undefined);
  }
}

/** The `model` of an answer: the adapter that served it. */
export function servedModel(answer: Answer): string {
  return (JSON.parse(answer.body) as { readonly model: string }).model;
}

/** Runs `count` pieces of work, `width` at a time, and gives their results in order. */
export async function inParallel<T>(
  count: number,
  width: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  }
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
