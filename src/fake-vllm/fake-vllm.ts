import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapters } from './adapters.ts';
import { answerAdmin } from './admin-route.ts';
import { createEngine } from './engine.ts';
import type { HttpExchange } from './exchange.ts';
import { readExchange } from './exchange.ts';
import { createFaults } from './faults.ts';
import { answerChat, answerCompletion } from './generate-route.ts';
import { createMetricsPage } from './metrics-page.ts';
import { answerEmbeddings, answerLoad, answerModels, answerUnload } from './model-route.ts';
import type { FakeVllmOptions } from './options.ts';
import { DEFAULTS } from './options.ts';
import { invalidBody, NOT_FOUND, UNAUTHORIZED } from './problem.ts';
import type { Received } from './received.ts';
import { createReceived } from './received.ts';
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
  const nowMs = Date.now;
  const scheduler = createScheduler(options.maxNumSeqs);
  const adapters = createAdapters(options);
  const faults = createFaults();
  const page = createMetricsPage(options, scheduler, nowMs);
  const received = createReceived();
  const engine = createEngine({ options, scheduler, adapters, faults, page, nowMs, random: Math.random });
  const serves = (model: string) => model === options.model || adapters.has(model);
  const deps = { options, adapters, engine, faults, page, received, serves, nowMs, newId: randomUUID };
  const generateDeps = { ...deps, answered: received.answered };

  async function answer(exchange: HttpExchange): Promise<void> {
    const { path } = exchange;
    if (path.startsWith('/v1/')) return answerV1(exchange);
    if (path.startsWith('/admin/')) return answerAdmin(exchange, bodyOf(exchange), deps);
    switch (path) {
      case '/health':
        return exchange.text('text/plain', '');
      case '/version':
        return exchange.json(200, { version: '0.0.0' });
      case '/metrics':
        return exchange.text('text/plain; version=0.0.4; charset=utf-8', await page.render());
      default:
        return exchange.problem(NOT_FOUND);
    }
  }

  async function answerV1(exchange: HttpExchange): Promise<void> {
    if (!authorized(exchange, options.apiKey)) return exchange.problem(UNAUTHORIZED);
    if (exchange.path === '/v1/models') return answerModels(exchange, deps);
    if (exchange.method !== 'POST') return exchange.problem(NOT_FOUND);
    const input = bodyOf(exchange);
    received.note(exchange.body, modelOf(input));
    if (input === undefined) return exchange.problem(invalidBody('JSON decode error'));
    return post(exchange, input);
  }

  async function post(exchange: HttpExchange, input: unknown): Promise<void> {
    switch (exchange.path) {
      case '/v1/completions':
        return answerCompletion(exchange, input, generateDeps);
      case '/v1/chat/completions':
        return answerChat(exchange, input, generateDeps);
      case '/v1/embeddings':
        return answerEmbeddings(exchange, input, deps);
      case '/v1/load_lora_adapter':
        return answerLoad(exchange, input, deps);
      case '/v1/unload_lora_adapter':
        return answerUnload(exchange, input, deps);
      default:
        return exchange.problem(NOT_FOUND);
    }
  }

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

function authorized({ headers }: HttpExchange, apiKey: string | undefined): boolean {
  return apiKey === undefined || headers.authorization === `Bearer ${apiKey}`;
}

/** The body as JSON; undefined if it is none. */
function bodyOf({ body }: HttpExchange): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function modelOf(input: unknown): string {
  const named = typeof input === 'object' && input !== null && 'model' in input;
  return named && typeof input.model === 'string' ? input.model : '-';
}
