import type { Adapters } from './adapters.ts';
import type { HttpExchange } from './exchange.ts';
import type { FakeVllmOptions } from './options.ts';
import { adapterNotFound, invalidUserInput, modelNotFound } from './problem.ts';
import { countTokens, embeddingBody, invalidField, loadBody, unloadBody } from './prompt.ts';

/** What the endpoints that know models need. */
export interface ModelDeps {
  readonly options: FakeVllmOptions;
  readonly adapters: Adapters;
  readonly serves: (model: string) => boolean;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** Answers `/v1/models`: the base model, and the adapters with it as their parent. */
export function answerModels(exchange: HttpExchange, { options, adapters, nowMs, newId }: ModelDeps): void {
  const created = Math.floor(nowMs() / 1000);
  const common = { object: 'model', created, owned_by: 'vllm' };
  const permission = [permissionOf(`modelperm-${newId()}`, created)];
  const parent = options.model;
  const base = { id: parent, root: parent, parent: null, max_model_len: options.maxModelLen };
  const loras = adapters
    .list()
    .map(({ name, path }) => ({ id: name, root: path, parent, max_model_len: null }));
  const data = [base, ...loras].map((model) => ({ ...model, ...common, permission }));
  exchange.json(200, { object: 'list', data });
}

/** A relic of OpenAI's API that vLLM carries on. */
function permissionOf(id: string, created: number): object {
  const may = { allow_sampling: true, allow_logprobs: true, allow_view: true };
  const mayNot = { allow_create_engine: false, allow_search_indices: false, allow_fine_tuning: false };
  const rest = { organization: '*', group: null, is_blocking: false };
  return { id, object: 'model_permission', created, ...may, ...mayNot, ...rest };
}

/** Answers `/v1/load_lora_adapter`. */
export function answerLoad(exchange: HttpExchange, input: unknown, { adapters }: ModelDeps): void {
  const parsed = loadBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidField(parsed.error));
  const { lora_name: name, lora_path: path } = parsed.data;
  if (adapters.has(name)) {
    return exchange.problem(invalidUserInput(`The lora adapter '${name}' has already been loaded.`));
  }
  adapters.load({ name, path });
  exchange.text(undefined, `Success: LoRA adapter '${name}' added successfully.`);
}

/** Answers `/v1/unload_lora_adapter`. */
export function answerUnload(exchange: HttpExchange, input: unknown, { adapters }: ModelDeps): void {
  const parsed = unloadBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidField(parsed.error));
  const name = parsed.data.lora_name;
  if (!adapters.has(name)) return exchange.problem(adapterNotFound(name));
  adapters.unload(name);
  exchange.text(undefined, `Success: LoRA adapter '${name}' removed successfully.`);
}

const DIMENSIONS = 8;

/** Answers `/v1/embeddings` with a small vector per input. */
export function answerEmbeddings(exchange: HttpExchange, input: unknown, deps: ModelDeps): void {
  const parsed = embeddingBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidField(parsed.error));
  const { model = deps.options.model, input: texts } = parsed.data;
  if (!deps.serves(model)) return exchange.problem(modelNotFound(model));
  const count = typeof texts === 'string' ? 1 : texts.length;
  const tokens = countTokens(texts);
  exchange.json(200, {
    id: `embd-${deps.newId()}`,
    object: 'list',
    created: Math.floor(deps.nowMs() / 1000),
    model,
    data: Array.from({ length: count }, (_, index) => ({
      index,
      object: 'embedding',
      embedding: Array.from({ length: DIMENSIONS }, (_each, at) => 1 / (1 + index + at)),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens, completion_tokens: 0, prompt_tokens_details: null },
  });
}
