import { randomUUID } from 'node:crypto';
import { createAdapters } from './adapters.ts';
import { answerAdmin } from './admin-route.ts';
import { createEngine } from './engine.ts';
import type { HttpExchange } from './exchange.ts';
import { createFaults } from './faults.ts';
import { answerChat, answerCompletion } from './generate-route.ts';
import { createMetricsPage } from './metrics-page.ts';
import { answerEmbeddings, answerLoad, answerModels, answerUnload } from './model-route.ts';
import type { FakeVllmOptions } from './options.ts';
import { malformedBody, NOT_FOUND, UNAUTHORIZED } from './problem.ts';
import type { Received } from './received.ts';
import type { Scheduler } from './scheduler.ts';

/** Answers one request. */
export type Routes = (exchange: HttpExchange) => Promise<void>;

/** Creates the pages of a server around its parts. */
export function createRoutes(options: FakeVllmOptions, scheduler: Scheduler, received: Received): Routes {
  const nowMs = Date.now;
  const adapters = createAdapters(options);
  const faults = createFaults();
  const page = createMetricsPage(options, scheduler, nowMs);
  const engine = createEngine({ options, scheduler, adapters, faults, page, nowMs, random: Math.random });
  const serves = (model: string) => model === options.model || adapters.has(model);
  const deps = { options, adapters, engine, serves, nowMs, newId: randomUUID, answered: received.answered };

  async function answerV1(exchange: HttpExchange): Promise<void> {
    if (!authorized(exchange, options.apiKey)) return exchange.problem(UNAUTHORIZED);
    if (exchange.path === '/v1/models') return answerModels(exchange, deps);
    if (exchange.method !== 'POST') return exchange.problem(NOT_FOUND);
    const input = bodyOf(exchange);
    received.note(exchange.body, modelOf(input));
    options.onRequest();
    if (input === undefined) return exchange.problem(malformedBody(exchange.body.length));
    return post(exchange, input);
  }

  async function post(exchange: HttpExchange, input: unknown): Promise<void> {
    switch (exchange.path) {
      case '/v1/completions':
        return answerCompletion(exchange, input, deps);
      case '/v1/chat/completions':
        return answerChat(exchange, input, deps);
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

  return async (exchange) => {
    const { path } = exchange;
    if (path.startsWith('/v1/')) return answerV1(exchange);
    if (path.startsWith('/admin/'))
      return answerAdmin(exchange, bodyOf(exchange), { faults, page, received });
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
