import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SendEvent, sendEvents } from './server-sent-events.ts';

/** What a page shows. */
export interface PageContent {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** A page that goes on: what `run` sends arrives as server-sent events, until it ends or the reader leaves. */
export interface EventPage {
  readonly run: (send: SendEvent, signal: AbortSignal) => Promise<void>;
}

/** Makes a page, by the query that came with its path. */
export type Page = (
  query: URLSearchParams,
) => PageContent | EventPage | Promise<PageContent> | Promise<EventPage>;

/** Pages by their paths; each is made anew for every request. */
export type Pages = ReadonlyMap<string, Page>;

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
  /** How often the guard looks again at a reader of a page that goes on. */
  readonly guardEveryMs?: number;
}

/** As long as an answer of the cluster holds. */
const GUARD_MS = 10_000;

/** Serves pages until the signal aborts; resolves with the port once it listens. */
export function startAdmin({ host, port, ...rest }: AdminOptions, signal: AbortSignal): Promise<number> {
  const server = createServer((request, response) => {
    answer(request, rest, response).catch(() => fail(response));
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

type Served = Pick<AdminOptions, 'pages' | 'guard' | 'guardEveryMs'>;

async function answer(message: IncomingMessage, served: Served, response: ServerResponse): Promise<void> {
  const request = requestOf(message);
  const refusal = await served.guard?.(request);
  if (refusal?.status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (refusal !== undefined) return send(response, plain(refusal.status, refusal.text));
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return send(response, plain(405, 'GET only\n'));
  }
  const page = served.pages.get(request.path);
  const query = new URLSearchParams(message.url?.slice(request.path.length + 1));
  const content = (await page?.(query)) ?? plain(404, `pages: ${[...served.pages.keys()].join(' ')}\n`);
  if ('text' in content) return send(response, content);
  // Nothing would end what is begun for one who has left while guard and page were awaited, or who asks again on a
  // connection whose answer goes on for ever: neither response closes any more.
  if (response.destroyed || response.socket === null) return void message.socket.destroy();
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
  if (request.method === 'HEAD') response.end();
  else {
    watchRights(request, served, response);
    await sendEvents(response, content.run);
  }
}

/** A right that is taken away ends what was begun with it; that nobody knows of it for a while does not. */
function watchRights(
  request: AdminRequest,
  { guard, guardEveryMs = GUARD_MS }: Served,
  response: ServerResponse,
): void {
  if (guard === undefined) return;
  const look = async () => {
    const refusal = await guard(request);
    if (refusal !== undefined && refusal.status < 500) response.destroy();
  };
  const timer = setInterval(() => void look().catch(() => response.destroy()), guardEveryMs);
  response.once('close', () => clearInterval(timer));
}

function plain(status: number, text: string): PageContent {
  return { status, type: 'text/plain', text };
}

/** What a page loads and does is its own alone, and nobody frames it or learns where its reader came from. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

function send(response: ServerResponse, { status, type, text }: PageContent): void {
  response.writeHead(status, {
    ...HEADERS,
    'content-type': type,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Events that have begun can only be cut off. */
function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else send(response, plain(500, 'internal error\n'));
}
