import type { Adapters } from './adapters.ts';
import { delay } from './delay.ts';
import type { HttpExchange } from './exchange.ts';
import type { FakeVllmOptions } from './options.ts';
import { baseNames } from './options.ts';
import type { Problem } from './problem.ts';
import { adapterNotFound, invalidFields, invalidUserInput } from './problem.ts';
import { loadBody, unloadBody } from './prompt.ts';

/** What the endpoints about models need. */
export interface ModelDeps {
  readonly options: FakeVllmOptions;
  readonly adapters: Adapters;
}

/** Answers `/v1/models`: the base model, and the adapters with it as their parent. */
export function answerModels(exchange: HttpExchange, { options, adapters }: ModelDeps): void {
  const created = Math.floor(options.nowMs() / 1000);
  const common = { object: 'model', created, owned_by: 'vllm' };
  const permission = [permissionOf(`modelperm-${options.newId()}`, created)];
  const [parent, ...others] = baseNames(options);
  const base = { root: options.model, parent: null, max_model_len: options.maxModelLen };
  const bases = [parent, ...others].map((id) => ({ id, ...base }));
  const loras = adapters
    .list()
    .map(({ name, path }) => ({ id: name, root: path, parent, max_model_len: null }));
  const data = [...bases, ...loras].map((model) => ({ ...model, ...common, permission }));
  exchange.json(200, { object: 'list', data });
}

/** A relic of OpenAI's API that vLLM carries on. */
function permissionOf(id: string, created: number): object {
  const may = { allow_sampling: true, allow_logprobs: true, allow_view: true };
  const mayNot = { allow_create_engine: false, allow_search_indices: false, allow_fine_tuning: false };
  const rest = { organization: '*', group: null, is_blocking: false };
  return { id, object: 'model_permission', created, ...may, ...mayNot, ...rest };
}

/** Answers `/v1/load_lora_adapter`, once the adapter is in a GPU slot. */
export async function answerLoad(exchange: HttpExchange, input: unknown, deps: ModelDeps): Promise<void> {
  const parsed = loadBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidFields(parsed.error.issues));
  const { lora_name: name, lora_path: path, load_inplace = false } = parsed.data;
  const refusal = load_inplace && deps.adapters.has(name) ? undefined : refusalOf(name, path, deps);
  if (refusal !== undefined) return exchange.problem(refusal);
  await delay(deps.adapters.load({ name, path }), exchange.signal);
  exchange.text(undefined, `Success: LoRA adapter '${name}' added successfully.`);
}

const LOAD_IN_PLACE = "If you want to load the adapter in place, set 'load_inplace' to True.";

function refusalOf(name: string, path: string, { options, adapters }: ModelDeps): Problem | undefined {
  if (name === '' || path === '') {
    return invalidUserInput("Both 'lora_name' and 'lora_path' must be provided.");
  }
  if (baseNames(options).includes(name)) {
    return invalidUserInput(`The lora adapter '${name}' conflicts with a served base model.`);
  }
  return adapters.has(name)
    ? invalidUserInput(`The lora adapter '${name}' has already been loaded. ${LOAD_IN_PLACE}`)
    : undefined;
}

/** Answers `/v1/unload_lora_adapter`. */
export function answerUnload(exchange: HttpExchange, input: unknown, { adapters }: ModelDeps): void {
  const parsed = unloadBody.safeParse(input);
  if (!parsed.success) return exchange.problem(invalidFields(parsed.error.issues));
  const name = parsed.data.lora_name;
  if (name === '') {
    return exchange.problem(invalidUserInput("'lora_name' needs to be provided to unload a LoRA adapter."));
  }
  if (!adapters.has(name)) return exchange.problem(adapterNotFound(name));
  adapters.unload(name);
  exchange.text(undefined, `Success: LoRA adapter '${name}' removed successfully.`);
}
