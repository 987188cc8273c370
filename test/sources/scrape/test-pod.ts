import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatAddress } from '../../../src/core/address.ts';
import type { Endpoint } from '../../../src/core/snapshot.ts';

/** A small HTTP server that stands for a pod: its pages are what the test says. */
export interface TestPod {
  readonly endpoint: Endpoint;
  /** Paths that were asked for, with the credentials that were brought. */
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[];
  /** Connections that were opened. */
  readonly connections: () => number;
  /** Answers every later request with this. */
  readonly answerWith: (answer: (request: IncomingMessage, response: ServerResponse) => void) => void;
  readonly closeIdleConnections: () => void;
  readonly stop: () => Promise<void>;
  /** Listens again on the port of before. */
  readonly restart: () => Promise<void>;
}

/** A metrics page with a queue of this length. */
export function pageWithQueue(waiting: number): string {
  return `vllm:num_requests_waiting ${waiting}\nvllm:num_requests_running 0\nvllm:kv_cache_usage_perc 0.5\n`;
}

/** Serves a metrics page with a queue of 3 and a list with `sql-lora`. */
export function servePages(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/metrics') response.end(pageWithQueue(3));
  else response.end(JSON.stringify({ data: [{ id: 'llama2' }, { id: 'sql-lora', parent: 'llama2' }] }));
}

/** Starts a pod on a free port. */
export async function startTestPod(slot = 0, host = '127.0.0.1'): Promise<TestPod> {
  const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
  let answer = servePages;
  const sockets: true[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response);
  });
  server.keepAliveTimeout = 0;
  server.on('connection', () => sockets.push(true));
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, host, resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const address = formatAddress(host, port);
  return {
    endpoint: { slot, address, name: address },
    asked,
    connections: () => sockets.length,
    answerWith: (next) => {
      answer = next;
    },
    closeIdleConnections: () => server.closeIdleConnections(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    restart: () => listen(port),
  };
}
