import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a page shows. */
export interface PageContent {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Pages by their paths; each is made anew for every request. */
export type Pages = ReadonlyMap<string, () => PageContent | Promise<PageContent>>;

/** What of a request decides whether it is answered at all. */
export interface AdminRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
}

/** Why a request is not answered. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** Looks at a request before anything else does; undefined lets it pass. */
export type Guard = (request: AdminRequest) => Promise<Refusal | undefined>;

/** Where pages are served, and to whom. */
export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly pages: Pages;
  readonly guard?: Guard;
}

/** Serves pages until the signal aborts; resolves with the port once it listens. */
export function startAdmin({ host, port, ...rest }: AdminOptions, signal: AbortSignal): Promise<number> {
  const server = createServer((request, response) => {
    answer(requestOf(request), rest, response).catch(() => send(response, plain(500, 'internal error\n')));
  });
  signal.addEventListener('abort', () => close(server), { once: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: ReturnType<typeof createServer>): void {
  server.close();
  server.closeAllConnections();
}

function requestOf({ method = '', url = '', headers }: IncomingMessage): AdminRequest {
  const { host, authorization } = headers;
  return { method, path: url.split('?', 1)[0] ?? '', host, authorization };
}

type Served = Pick<AdminOptions, 'pages' | 'guard'>;

async function answer(request: AdminRequest, served: Served, response: ServerResponse): Promise<void> {
  const refusal = await served.guard?.(request);
  if (refusal?.status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (refusal !== undefined) return send(response, plain(refusal.status, refusal.text));
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return send(response, plain(405, 'GET only\n'));
  }
  const page = served.pages.get(request.path);
  const content = await page?.();
  send(response, content ?? plain(404, `pages: ${[...served.pages.keys()].join(' ')}\n`));
}

function plain(status: number, text: string): PageContent {
  return { status, type: 'text/plain', text };
}

function send(response: ServerResponse, { status, type, text }: PageContent): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
