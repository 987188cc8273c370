import type { Adapters } from './adapters.ts';
import { answerAdmin } from './admin-route.ts';
import { answerEmbeddings } from './embedding-route.ts';
import type { Engine } from './engine.ts';
import type { HttpExchange } from './exchange.ts';
import type { Faults } from './faults.ts';
import type { GenerateDeps } from './generate-route.ts';
import { answerChat, answerCompletion } from './generate-route.ts';
import type { JsonBody } from './json-body.ts';
import { modelIn, readJson } from './json-body.ts';
import type { MetricsPage } from './metrics-page.ts';
import { answerLoad, answerModels, answerUnload } from './model-route.ts';
import type { FakeVllmOptions } from './options.ts';
import { NOT_FOUND, UNAUTHORIZED, wrongMethod } from './problem.ts';
import type { Received } from './received.ts';

/** Answers one request; rejects if its client has gone. */
export type Routes = (exchange: HttpExchange) => Promise<void>;

/** The parts of a server that its pages are made of. */
export interface RoutesDeps {
  readonly options: FakeVllmOptions;
  readonly adapters: Adapters;
  readonly engine: Engine;
  readonly faults: Faults;
  readonly page: MetricsPage;
  readonly received: Received;
}

type Answer = (exchange: HttpExchange) => Promise<void> | void;
type AnswerJson = (exchange: HttpExchange, input: unknown, deps: GenerateDeps) => Promise<void> | void;

/** A page for each method that it takes. */
type Pages = ReadonlyMap<string, { readonly method: 'GET' | 'POST'; readonly answer: Answer }>;

const VERSIONS = { v0: '0.8.5', v1: '0.32.0' } as const;
/** Tests that use curl may leave the type out, which vLLM's own pages insist on. */
const JSON_TYPE = 'application/json';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Creates the pages of a server. */
export function createRoutes(deps: RoutesDeps): Routes {
  const { apiKey } = deps.options;
  const pages: Pages = new Map([...modelPages(deps), ...statePages(deps)]);
  return async (exchange) => {
    const { path, method, headers } = exchange;
    if (path.startsWith('/v1') && !authorized(headers.authorization, apiKey)) {
      return exchange.problem(UNAUTHORIZED);
    }
    if (path.startsWith('/admin/')) return answerAdmin(exchange, readJson(JSON_TYPE, exchange.body), deps);
    const page = pages.get(path);
    if (page === undefined) return exchange.problem(NOT_FOUND);
    return page.method === method ? page.answer(exchange) : exchange.problem(wrongMethod(page.method));
  };
}

function modelPages(deps: RoutesDeps): Pages {
  const { options, received } = deps;
  const generateDeps = { ...deps, answered: received.answered };

  function answerBody(exchange: HttpExchange, body: JsonBody, answer: AnswerJson): Promise<void> | void {
    if (body.kind === 'problem') return exchange.problem(body.problem);
    return answer(exchange, body.value, generateDeps);
  }

  function taking(answer: AnswerJson): { readonly method: 'POST'; readonly answer: Answer } {
    return { method: 'POST', answer: (exchange) => answerBody(exchange, jsonOf(exchange), answer) };
  }

  function counting(answer: AnswerJson): { readonly method: 'POST'; readonly answer: Answer } {
    return {
      method: 'POST',
      answer: (exchange) => {
        const body = jsonOf(exchange);
        received.note(exchange, modelIn(body));
        options.onRequest();
        return answerBody(exchange, body, answer);
      },
    };
  }

  return new Map([
    ['/v1/completions', counting(answerCompletion)],
    ['/v1/chat/completions', counting(answerChat)],
    ['/v1/embeddings', counting(answerEmbeddings)],
    ['/v1/load_lora_adapter', taking(answerLoad)],
    ['/v1/unload_lora_adapter', taking(answerUnload)],
  ]);
}

function statePages(deps: RoutesDeps): Pages {
  const version = VERSIONS[deps.options.metricsGeneration];
  const get = (answer: Answer) => ({ method: 'GET', answer }) as const;
  return new Map([
    ['/v1/models', get((exchange) => answerModels(exchange, deps))],
    ['/health', get((exchange) => exchange.text(undefined, ''))],
    ['/version', get((exchange) => exchange.json(200, { version }))],
    ['/metrics', get((exchange) => exchange.text(METRICS_TYPE, deps.page.render()))],
  ]);
}

function jsonOf({ headers, body }: HttpExchange): JsonBody {
  return readJson(headers['content-type'], body);
}

function authorized(authorization: string | undefined, apiKey: string | undefined): boolean {
  if (apiKey === undefined) return true;
  const [scheme = '', ...key] = (authorization ?? '').split(' ');
  return scheme.toLowerCase() === 'bearer' && key.join(' ') === apiKey;
}
