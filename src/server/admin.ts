import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the admin port shows. */
export interface AdminPages {
  /** The metrics page and its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Empty when ready; else what is still waited for. */
  readonly notReady: () => readonly string[];
  /** What else there is to know of the sources, ready or not. */
  readonly details: () => object;
  /** What Serin knows, to be shown as JSON. */
  readonly snapshot: () => unknown;
}

/** Where the admin port listens. */
export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly pages: AdminPages;
}

/** Serves the admin pages until the signal aborts; resolves with the port once it listens. */
export function startAdmin({ host, port, pages }: AdminOptions, signal: AbortSignal): Promise<number> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, 405, 'text/plain', 'GET only\n');
    }
    answer(path, pages, response).catch(() => send(response, 500, 'text/plain', 'internal error\n'));
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

async function answer(path: string, pages: AdminPages, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/metrics': {
      const { type, text } = await pages.metrics();
      return send(response, 200, type, text);
    }
    case '/healthz':
      return send(response, 200, 'text/plain', 'ok\n');
    case '/readyz': {
      const waitingFor = pages.notReady();
      return sendJson(response, waitingFor.length === 0 ? 200 : 503, {
        ready: waitingFor.length === 0,
        waitingFor,
        ...pages.details(),
      });
    }
    case '/debug/snapshot':
      return sendJson(response, 200, pages.snapshot());
    default:
      return send(response, 404, 'text/plain', 'pages: /metrics /healthz /readyz /debug/snapshot\n');
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', `${JSON.stringify(value, undefined, 2)}\n`);
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
