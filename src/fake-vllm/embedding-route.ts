import type { HttpExchange } from './exchange.ts';
import type { GenerateDeps } from './generate-route.ts';
import { servedModel } from './generate-route.ts';
import { baseNames } from './options.ts';
import { INJECTED, invalidFields, modelNotFound } from './problem.ts';
import { countPrompts, countTokens, embeddingBody } from './prompt.ts';

const DIMENSIONS = 8;

/** Answers `/v1/embeddings` with a small vector per input. */
export async function answerEmbeddings(
  exchange: HttpExchange,
  input: unknown,
  deps: GenerateDeps,
): Promise<void> {
  const parsed = embeddingBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidFields(parsed.error.issues));
  const { model: asked, input: texts } = parsed.data;
  const model = servedModel(asked, deps);
  if (model === undefined) return exchange.problem(modelNotFound(asked ?? '', baseNames(deps.options)));
  const promptTokens = countTokens(texts);
  const work = {
    model,
    promptTokens,
    maxTokens: 0,
    choices: 1,
    finishReason: 'stop',
    onStart: undefined,
    onToken: undefined,
  } as const;
  const outcome = await deps.engine.generate(work, exchange.signal);
  if (outcome === 'failed') return exchange.problem(INJECTED);
  if (outcome === 'cut') return exchange.destroy();
  exchange.json(200, {
    id: `embd-${deps.options.newId()}`,
    object: 'list',
    created: Math.floor(deps.options.nowMs() / 1000),
    model,
    data: Array.from({ length: countPrompts(texts) }, (_, index) => ({
      index,
      object: 'embedding',
      embedding: Array.from({ length: DIMENSIONS }, (_each, at) => 1 / (1 + index + at)),
    })),
    usage: {
      prompt_tokens: promptTokens,
      total_tokens: promptTokens,
      completion_tokens: 0,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    },
  });
  deps.answered();
}
