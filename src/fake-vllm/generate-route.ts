import type * as z from 'zod';
import type { Adapters } from './adapters.ts';
import type { Engine } from './engine.ts';
import type { HttpExchange } from './exchange.ts';
import type { Generation } from './generation.ts';
import { answerOf, openingOf, tokensOf, usageEventOf } from './generation.ts';
import type { FakeVllmOptions } from './options.ts';
import { baseNames } from './options.ts';
import type { Problem } from './problem.ts';
import { badRequest, INJECTED, invalidFields, modelNotFound } from './problem.ts';
import { chatBody, completionBody, countMessageTokens, countPrompts, countTokens } from './prompt.ts';

/** What the endpoints that use a model need. */
export interface GenerateDeps {
  readonly options: FakeVllmOptions;
  readonly adapters: Adapters;
  readonly engine: Engine;
  /** Told of each request that is answered in full. */
  readonly answered: () => void;
}

/** Tokens of a completion that names no `max_tokens`, as in vLLM, and of a chat that ends by itself. */
const DEFAULT_TOKENS = 16;

/** Answers `/v1/completions`. */
export async function answerCompletion(
  exchange: HttpExchange,
  input: unknown,
  deps: GenerateDeps,
): Promise<void> {
  const parsed = completionBody.safeParse(input);
  if (!parsed.success) return exchange.problem(completionProblem(parsed.error.issues));
  const { data } = parsed;
  return generate(exchange, deps, {
    ...askedIn(data, deps.options),
    kind: 'text_completion',
    id: `cmpl-${deps.options.newId()}`,
    promptTokens: countTokens(data.prompt),
    maxTokens: data.max_tokens ?? DEFAULT_TOKENS,
    choices: countPrompts(data.prompt) * (data.n ?? 1),
    finishReason: 'length',
  });
}

/** Answers `/v1/chat/completions`. */
export async function answerChat(exchange: HttpExchange, input: unknown, deps: GenerateDeps): Promise<void> {
  const parsed = chatBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidFields(parsed.error.issues));
  const { data } = parsed;
  const limit = data.max_completion_tokens ?? data.max_tokens;
  return generate(exchange, deps, {
    ...askedIn(data, deps.options),
    kind: 'chat.completion',
    id: `chatcmpl-${deps.options.newId()}`,
    promptTokens: countMessageTokens(data.messages),
    maxTokens: limit ?? DEFAULT_TOKENS,
    choices: data.n ?? 1,
    finishReason: typeof limit === 'number' ? 'length' : 'stop',
  });
}

/** The name under which a request is served: an adapter's own, or the first of the base model's. */
export function servedModel(
  asked: string | null | undefined,
  { options, adapters }: Pick<GenerateDeps, 'options' | 'adapters'>,
): string | undefined {
  const names = baseNames(options);
  if (asked === undefined || asked === null || asked === '' || names.includes(asked)) return names[0];
  return adapters.has(asked) ? asked : undefined;
}

/** A missing prompt is refused by vLLM itself, every other field by the web framework before it. */
function completionProblem(issues: z.core.$ZodIssue[]): Problem {
  const prompt = issues.find(({ path }) => path[0] === 'prompt');
  return prompt === undefined
    ? invalidFields(issues)
    : badRequest(`prompt: ${prompt.message} (parameter=prompt)`, 'prompt');
}

type Body = Pick<z.infer<typeof completionBody>, 'model' | 'stream' | 'stream_options'>;

/** What both endpoints read alike. */
interface Asked {
  readonly asked: string | null | undefined;
  readonly createdS: number;
  readonly answer: 'whole' | 'events' | 'contradiction';
  readonly usage: Generation['usage'];
}

function askedIn({ model, stream, stream_options: wanted }: Body, { nowMs }: FakeVllmOptions): Asked {
  const common = { asked: model, createdS: Math.floor(nowMs() / 1000), usage: 'none' } as const;
  if (stream !== true) {
    return { ...common, answer: wanted === null || wanted === undefined ? 'whole' : 'contradiction' };
  }
  if (wanted?.include_usage !== true) return { ...common, answer: 'events' };
  return { ...common, answer: 'events', usage: wanted.continuous_usage_stats ? 'with_each' : 'at_end' };
}

type Draft = Asked & Omit<Generation, 'model'>;

function refusalOf({ answer, promptTokens, maxTokens }: Draft, limit: number): Problem | undefined {
  if (answer === 'contradiction') {
    return badRequest('Stream options can only be defined when `stream=True`.', 'stream_options');
  }
  if (maxTokens < 1) return badRequest(`max_tokens must be at least 1, got ${maxTokens}.`, 'max_tokens');
  if (promptTokens + maxTokens <= limit) return undefined;
  const asked = `you requested ${maxTokens} output tokens and your prompt contains ${promptTokens} input tokens`;
  return badRequest(
    `This model's maximum context length is ${limit} tokens. However, ${asked}.`,
    'max_tokens',
  );
}

async function generate(exchange: HttpExchange, deps: GenerateDeps, draft: Draft): Promise<void> {
  const model = servedModel(draft.asked, deps);
  if (model === undefined) return exchange.problem(modelNotFound(draft.asked ?? ''));
  const refusal = refusalOf(draft, deps.options.maxModelLen);
  if (refusal !== undefined) return exchange.problem(refusal);
  const generation: Generation = { ...draft, model };
  const streams = draft.answer === 'events';
  const onToken = streams ? (position: number) => sendToken(exchange, generation, position) : undefined;
  const outcome = await deps.engine.generate({ ...generation, onToken }, exchange.signal);
  if (outcome === 'failed') return exchange.problem(INJECTED);
  if (outcome === 'cut') return exchange.destroy();
  if (streams) endEvents(exchange, generation);
  else exchange.json(200, answerOf(generation));
  deps.answered();
}

/** The stream starts with its first token, so that a fault before it is still a status. */
function sendToken(exchange: HttpExchange, generation: Generation, position: number): void {
  if (position === 0) {
    exchange.startEvents();
    for (const event of openingOf(generation)) exchange.event(event);
  }
  for (const event of tokensOf(generation, position)) exchange.event(event);
}

function endEvents(exchange: HttpExchange, generation: Generation): void {
  if (generation.usage !== 'none') exchange.event(usageEventOf(generation));
  exchange.event('[DONE]');
  exchange.end();
}
