import type * as z from 'zod';
import type { Adapters } from './adapters.ts';
import type { Engine } from './engine.ts';
import type { HttpExchange } from './exchange.ts';
import type { Generation } from './generation.ts';
import { answerOf, openingOf, tokensOf, usageEventOf } from './generation.ts';
import type { FakeVllmOptions } from './options.ts';
import { baseNames } from './options.ts';
import type { Problem } from './problem.ts';
import { badRequest, badValue, INJECTED, invalidFields, modelNotFound } from './problem.ts';
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

const NO_PROMPT = badValue('Either prompt or prompt_embeds must be provided and non-empty.', 'prompt');
const NO_MESSAGES = badRequest(
  'Cannot apply chat template to an empty conversation. Provide at least one message.',
);

/** Answers `/v1/completions`. */
export async function answerCompletion(
  exchange: HttpExchange,
  input: unknown,
  deps: GenerateDeps,
): Promise<void> {
  const parsed = completionBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidFields(parsed.error.issues));
  const { prompt, ...data } = parsed.data;
  if (prompt === undefined || prompt === null || prompt.length === 0) return exchange.problem(NO_PROMPT);
  return generate(exchange, deps, {
    ...askedIn(data, deps.options),
    kind: 'text_completion',
    id: `cmpl-${deps.options.newId()}`,
    promptTokens: countTokens(prompt),
    maxTokens: data.max_tokens ?? DEFAULT_TOKENS,
    choices: countPrompts(prompt) * (data.n ?? 1),
    finishReason: 'length',
  });
}

/** Answers `/v1/chat/completions`. */
export async function answerChat(exchange: HttpExchange, input: unknown, deps: GenerateDeps): Promise<void> {
  const parsed = chatBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidFields(parsed.error.issues));
  const { data } = parsed;
  if (data.messages.length === 0) return exchange.problem(NO_MESSAGES);
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

type Body = Pick<z.infer<typeof completionBody>, 'model' | 'n' | 'stream' | 'stream_options'>;

/** What both endpoints read alike. */
interface Asked {
  readonly asked: string | null | undefined;
  readonly createdS: number;
  /** Choices of each prompt. */
  readonly n: number;
  readonly answer: 'whole' | 'events' | 'contradiction';
  readonly usage: Generation['usage'];
}

function askedIn(
  { model, n, stream, stream_options: wanted }: Body,
  { nowMs, forceIncludeUsage }: FakeVllmOptions,
): Asked {
  const createdS = Math.floor(nowMs() / 1000);
  const common = { asked: model, createdS, n: n ?? 1, usage: 'none' } as const;
  if (stream !== true) {
    return { ...common, answer: wanted === null || wanted === undefined ? 'whole' : 'contradiction' };
  }
  if (forceIncludeUsage) return { ...common, answer: 'events', usage: 'with_each' };
  if (wanted?.include_usage !== true) return { ...common, answer: 'events' };
  return { ...common, answer: 'events', usage: wanted.continuous_usage_stats ? 'with_each' : 'at_end' };
}

type Draft = Asked & Omit<Generation, 'model'>;

function refusalOf(draft: Draft, limit: number): Problem | undefined {
  const { answer, promptTokens, maxTokens, n } = draft;
  if (answer === 'contradiction') {
    return badValue('Stream options can only be defined when `stream=True`.', 'stream_options');
  }
  if (n < 1) return badRequest(`n must be at least 1, got ${n}.`);
  if (maxTokens > limit) {
    const over = `max_tokens=${maxTokens} cannot be greater than max_model_len=${limit}.`;
    return badValue(`${over} Please request fewer output tokens.`, 'max_tokens', maxTokens);
  }
  if (promptTokens > limit) return promptTooLong(promptTokens, limit);
  const most = answerTokens(draft, limit);
  if (most >= 1) return undefined;
  return badValue(`max_tokens must be at least 1, got ${most}.`, 'max_tokens', most);
}

/** What the context has no room for is not generated, whatever was asked for. */
function answerTokens({ promptTokens, maxTokens }: Draft, limit: number): number {
  return Math.min(maxTokens, limit - promptTokens);
}

function promptTooLong(promptTokens: number, limit: number): Problem {
  const said = [
    `This model's maximum context length is ${limit} tokens.`,
    `However, your prompt contains at least ${promptTokens} input tokens,`,
    'which exceeds this limit even without any output tokens.',
    'Please reduce the length of the input prompt.',
  ];
  return badValue(said.join(' '), 'input_tokens', promptTokens);
}

async function generate(exchange: HttpExchange, deps: GenerateDeps, draft: Draft): Promise<void> {
  const model = servedModel(draft.asked, deps);
  const { maxModelLen } = deps.options;
  if (model === undefined) return exchange.problem(modelNotFound(draft.asked ?? '', baseNames(deps.options)));
  const refusal = refusalOf(draft, maxModelLen);
  if (refusal !== undefined) return exchange.problem(refusal);
  const generation: Generation = { ...draft, model, maxTokens: answerTokens(draft, maxModelLen) };
  const streams = draft.answer === 'events';
  const onStart = streams ? exchange.startEvents : undefined;
  const onToken = streams ? (position: number) => sendToken(exchange, generation, position) : undefined;
  const outcome = await deps.engine.generate({ ...generation, onStart, onToken }, exchange.signal);
  if (outcome === 'failed') return exchange.problem(INJECTED);
  if (outcome === 'cut') return exchange.destroy();
  if (streams) endEvents(exchange, generation);
  else exchange.json(200, answerOf(generation));
  deps.answered();
}

/** A chat's opening comes with its first token; the headers went out when the request was taken. */
function sendToken(exchange: HttpExchange, generation: Generation, position: number): void {
  if (position === 0) for (const event of openingOf(generation)) exchange.event(event);
  for (const event of tokensOf(generation, position)) exchange.event(event);
}

function endEvents(exchange: HttpExchange, generation: Generation): void {
  if (generation.usage !== 'none') exchange.event(usageEventOf(generation));
  exchange.event('[DONE]');
  exchange.end();
}
