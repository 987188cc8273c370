import * as z from 'zod';
import type { HttpExchange } from './exchange.ts';
import type { Faults } from './faults.ts';
import type { JsonBody } from './json-body.ts';
import type { MetricsPage } from './metrics-page.ts';
import { badRequest, NOT_FOUND } from './problem.ts';
import type { Received } from './received.ts';

/** What the endpoints for tests move; vLLM has none of them. */
export interface AdminDeps {
  readonly faults: Faults;
  readonly page: MetricsPage;
  readonly received: Received;
}

const loadOverride = z.strictObject({
  running: z.number().min(0).optional(),
  waiting: z.number().min(0).optional(),
  kvUsage: z.number().min(0).max(1).optional(),
});

/** Answers `/admin/faults`, `/admin/load`, `/admin/requests` and `/admin/last`. */
export function answerAdmin(exchange: HttpExchange, body: JsonBody, deps: AdminDeps): void {
  switch (`${exchange.method} ${exchange.path}`) {
    case 'GET /admin/faults':
      return exchange.json(200, deps.faults.list());
    case 'DELETE /admin/faults':
      deps.faults.clear();
      return exchange.json(200, []);
    case 'POST /admin/faults':
      return setFault(exchange, body, deps.faults);
    case 'POST /admin/load':
      return setLoad(exchange, body, deps.page);
    case 'DELETE /admin/load':
      deps.page.override({});
      return exchange.json(200, {});
    case 'GET /admin/requests':
      return exchange.json(200, Object.fromEntries(deps.received.byModel()));
    case 'GET /admin/last':
      return exchange.json(
        200,
        deps.received.last().map(({ body: sent, ...rest }) => ({ ...rest, body: `${sent}` })),
      );
    default:
      return exchange.problem(NOT_FOUND);
  }
}

function setFault(exchange: HttpExchange, body: JsonBody, faults: Faults): void {
  if (body.kind === 'problem') return exchange.problem(body.problem);
  const problem = faults.set(body.value);
  if (problem !== undefined) return exchange.problem(badRequest(problem));
  exchange.json(200, faults.list());
}

function setLoad(exchange: HttpExchange, body: JsonBody, page: MetricsPage): void {
  if (body.kind === 'problem') return exchange.problem(body.problem);
  const parsed = loadOverride.safeParse(body.value);
  if (!parsed.success) return exchange.problem(badRequest(z.prettifyError(parsed.error)));
  page.override(parsed.data);
  exchange.json(200, parsed.data);
}
