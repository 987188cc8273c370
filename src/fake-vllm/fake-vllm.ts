import { createServer } from 'node:http';
import { createAdapters } from './adapters.ts';
import { createEngine } from './engine.ts';
import { readExchange } from './exchange.ts';
import { createFaults } from './faults.ts';
import { createMetricsPage } from './metrics-page.ts';
import type { FakeVllmOptions } from './options.ts';
import { DEFAULTS } from './options.ts';
import type { Received } from './received.ts';
import { createReceived } from './received.ts';
import type { Routes } from './routes.ts';
import { createRoutes } from './routes.ts';
import type { Scheduler } from './scheduler.ts';
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
  const received = createReceived(options.recordRequests);
  const { answer, scheduler } = compose(options, received);
  const server = createServer((request, response) => {
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
        server.listen(port, host, () => {
          server.off('error', reject);
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
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

function compose(
  options: FakeVllmOptions,
  received: Received,
): { readonly answer: Routes; readonly scheduler: Scheduler } {
  const scheduler = createScheduler(options, (model) => adapters.has(model));
  const adapters = createAdapters(options, scheduler.runs);
  const faults = createFaults();
  const page = createMetricsPage(options, scheduler);
  const engine = createEngine({ options, scheduler, adapters, faults, page });
  return { answer: createRoutes({ options, adapters, engine, faults, page, received }), scheduler };
}
