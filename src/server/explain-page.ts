import type { Decision, PickRequest } from '../core/decision.ts';
import type { StreamOrigin } from '../core/find-pool.ts';
import { modelName } from '../core/names.ts';
import { MOST_PREFIXES } from '../core/prompt-prefix.ts';
import { reasonOf } from '../core/reason.ts';
import { REJECTIONS } from '../core/rejection.ts';
import type { PageContent } from './admin.ts';
import { explanationJson } from './explanation-json.ts';

/** A request that nobody sent: how would it be decided? */
export interface Question {
  readonly request: PickRequest;
  readonly origin: StreamOrigin;
}

/** The names of a question's parts in a query. */
const PARTS = ['model', 'host', 'session', 'objective', 'subset', 'pool', 'authority', 'prompt'] as const;

/** How the request of a query would be decided now, as JSON for `/debug/explain`. */
export function explainPage(ask: (question: Question) => Decision, query: URLSearchParams): PageContent {
  const parts: readonly string[] = PARTS;
  const strange = [...query.keys()].filter((name) => !parts.includes(name));
  if (strange.length > 0) {
    return { status: 400, type: 'text/plain', text: `${strange.join(', ')}: none of ${PARTS.join(', ')}\n` };
  }
  const question = readQuestion(query);
  const text = `${JSON.stringify(answerJson(question.request, ask(question)), undefined, 2)}\n`;
  return { status: 200, type: 'application/json', text };
}

/** Writes a question as the query that `/debug/explain` reads. */
export function questionQuery({ request, origin }: Question): URLSearchParams {
  const { model, host, session, objective, subset } = request;
  const { pool, authority } = origin;
  // Serin gets to see no more of a prompt than hashes.
  const prompt = request.prompt?.()?.hashes.map((hash) => hash.toString(16));
  const parts = {
    ...{ model, host, session, objective, subset: subset?.join(','), pool, authority },
    prompt: prompt?.join(','),
  };
  return new URLSearchParams(
    Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function readQuestion(query: URLSearchParams): Question {
  const part = (name: (typeof PARTS)[number]) => query.get(name) ?? undefined;
  const model = part('model');
  return {
    request: {
      host: part('host') ?? '',
      model: model === undefined ? undefined : modelName(model),
      objective: part('objective'),
      session: part('session'),
      subset: part('subset')
        ?.split(',')
        .filter((entry) => entry !== ''),
      prompt: readPrompt(part('prompt')),
    },
    origin: { pool: part('pool'), authority: part('authority') },
  };
}

/** Hashes of a prompt's beginnings, in hexadecimal. */
function readPrompt(text: string | undefined): PickRequest['prompt'] {
  const hashes = text?.match(/[\da-f]{1,8}/gi)?.slice(0, MOST_PREFIXES);
  return hashes && (() => ({ hashes: hashes.map((hash) => Number.parseInt(hash, 16)) }));
}

/** A question with its answer; what is unknown is absent. */
export function answerJson({ model, host }: Pick<PickRequest, 'model' | 'host'>, decision: Decision): object {
  const { explanation } = decision;
  return {
    ...{ model, host: host === '' ? undefined : host },
    ...(decision.kind === 'reject' ? rejectedJson(decision) : forwardedJson(decision)),
    ...(explanation === undefined ? {} : explanationJson(explanation)),
  };
}

function forwardedJson(forward: Extract<Decision, { kind: 'forward' }>): object {
  const { pool, route, target, role, group, endpoint, fallbacks } = forward;
  return {
    ...{ outcome: 'forwarded', pool, route, target, role, group },
    ...{ endpoint: endpoint.address, fallbacks: fallbacks.map(({ address }) => address) },
    reason: reasonOf(forward),
  };
}

function rejectedJson({ reason, message, explanation }: Extract<Decision, { kind: 'reject' }>): object {
  const { pool, pick } = explanation ?? {};
  const status = REJECTIONS[reason].status;
  return { outcome: 'rejected', pool, target: pick?.target, status, reason, message };
}
