import type { Engine } from './engine.ts';
import type { HttpExchange } from './exchange.ts';
import type { Generation } from './generation.ts';
import { answerOf, chunkOf, roleChunkOf, usageChunkOf } from './generation.ts';
import type { FakeVllmOptions } from './options.ts';
import { badRequest, injected, modelNotFound, type Problem } from './problem.ts';
import { chatBody, completionBody, countMessageTokens, countTokens, invalidField } from './prompt.ts';

/** What the generating endpoints need. */
export interface GenerateDeps {
  readonly options: FakeVllmOptions;
  readonly engine: Engine;
  /** True for the base model and for every adapter that is loaded. */
  readonly serves: (model: string) => boolean;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Told of each request that is answered in full. */
  readonly answered: (model: string) => void;
}

/** vLLM's own default where a completion names no `max_tokens`. */
const DEFAULT_MAX_TOKENS = 16;

/** Answers `/v1/completions`. */
export function answerCompletion(exchange: HttpExchange, input: unknown, deps: GenerateDeps): Promise<void> {
  const parsed = completionBody.safeParse(input);
  if (!parsed.success) return refuse(exchange, invalidField(parsed.error));
  const { model = deps.options.model, prompt, max_tokens, stream, stream_options } = parsed.data;
  return generate(exchange, deps, {
    kind: 'text_completion',
    id: `cmpl-${deps.newId()}`,
    createdS: Math.floor(deps.nowMs() / 1000),
    model,
    promptTokens: countTokens(prompt),
    maxTokens: max_tokens ?? DEFAULT_MAX_TOKENS,
    stream: stream ?? false,
    includeUsage: stream_options?.include_usage ?? false,
  });
}

/** Answers `/v1/chat/completions`. */
export function answerChat(exchange: HttpExchange, input: unknown, deps: GenerateDeps): Promise<void> {
  const parsed = chatBody.safeParse(input);
  if (!parsed.success) return refuse(exchange, invalidField(parsed.error));
  const { data } = parsed;
  return generate(exchange, deps, {
    kind: 'chat.completion',
    id: `chatcmpl-${deps.newId()}`,
    createdS: Math.floor(deps.nowMs() / 1000),
    model: data.model ?? deps.options.model,
    promptTokens: countMessageTokens(data.messages),
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? DEFAULT_MAX_TOKENS,
    stream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
  });
}

async function refuse(exchange: HttpExchange, problem: Problem): Promise<void> {
  exchange.problem(problem);
}

async function generate(exchange: HttpExchange, deps: GenerateDeps, generation: Generation): Promise<void> {
  const { model, promptTokens, maxTokens, stream } = generation;
  if (!deps.serves(model)) return exchange.problem(modelNotFound(model));
  const limit = deps.options.maxModelLen;
  if (promptTokens + maxTokens > limit) {
    return exchange.problem(
      badRequest(`This model's maximum context length is ${limit} tokens.`, 'max_tokens'),
    );
  }
  const events = stream ? createEvents(exchange, generation) : undefined;
  const sink = { token: events?.token ?? (() => undefined), disconnect: exchange.destroy };
  const outcome = await deps.engine.generate(generation, sink, exchange.signal);
  if (outcome === 'failed') return exchange.problem(injected());
  if (exchange.signal.aborted) return;
  if (events === undefined) exchange.json(200, answerOf(generation));
  else events.end();
  deps.answered(model);
}

/** The event stream of one generation; it starts with its first token, so that a fault is still a status. */
function createEvents(exchange: HttpExchange, generation: Generation) {
  return {
    token: (position: number) => {
      if (position === 0) {
        exchange.startEvents();
        if (generation.kind === 'chat.completion') exchange.event(roleChunkOf(generation));
      }
      exchange.event(chunkOf(generation, position));
    },
    end: () => {
      if (generation.includeUsage) exchange.event(usageChunkOf(generation));
      exchange.event('[DONE]');
      exchange.end();
    },
  };
}
