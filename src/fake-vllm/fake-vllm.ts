import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readExchange } from './exchange.ts';
import type { FakeVllmOptions } from './options.ts';
import { DEFAULTS } from './options.ts';
import type { Received } from './received.ts';
import { createReceived } from './received.ts';
import { createRoutes } from './routes.ts';
import { createScheduler } from './scheduler.ts';

/** A simulated vLLM server. */
export interface FakeVllm {
  /** Listens on an IP address, port 0 for any; resolves with the port. */
  readonly listen: (host: string, port: number) => Promise<number>;
  /** Stops at once, as a killed process does: open connections break. */
  readonly close: () => Promise<void>;
  readonly received: Received;
  /** Models of the requests that are being generated now. */
  readonly running: () => readonly string[];
}

/** Creates a server; options that are left out are those of a base model without adapters. */
export function createFakeVllm(given: Partial<FakeVllmOptions>): FakeVllm {
  const options = { ...DEFAULTS, ...given };
  const scheduler = createScheduler(options.maxNumSeqs);
  const received = createReceived();
  const answer = createRoutes(options, scheduler, received);
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    // A client that goes away rejects whatever was being waited for; nothing is left to answer.
    readExchange(request, response)
      .then(answer)
      .catch(() => response.destroy());
  });
  // A gateway keeps its connections; the server must not be the one that closes them under a request.
  server.keepAliveTimeout = 0;
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    received,
    running: scheduler.running,
  };
}
