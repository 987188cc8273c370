/** What a client asked to be generated, whichever endpoint it used. */
export interface Generation {
  readonly kind: 'text_completion' | 'chat.completion';
  readonly id: string;
  readonly createdS: number;
  /** The adapter or base model that serves it. */
  readonly model: string;
  readonly promptTokens: number;
  /** Tokens of each choice. */
  readonly maxTokens: number;
  readonly choices: number;
  readonly finishReason: 'stop' | 'length';
  /** Which events of a stream tell the usage. */
  readonly usage: 'none' | 'at_end' | 'with_each';
}

const WORDS = ['the', ' city', ' by', ' the', ' bay', ' is', ' seen', ' in', ' its', ' own', ' fog'] as const;
/** Names the build that answered, as vLLM does. */
const FINGERPRINT = 'vllm-0.32.0-simulated';

/** The token at a position of an answer; the same words each time. */
function tokenAt(position: number): string {
  return WORDS[position % WORDS.length] ?? '';
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function usageOf({ promptTokens }: Generation, completionTokens: number) {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  };
}

/** The whole answer of a request that does not stream; fields that the simulator has no use for are null. */
export function answerOf(generation: Generation): object {
  const { kind, id, createdS, model, maxTokens, choices, finishReason } = generation;
  const head = { id, object: kind, created: createdS, model };
  const end = {
    logprobs: null,
    finish_reason: finishReason,
    stop_reason: null,
    token_ids: null,
    routed_experts: null,
  };
  const usage = {
    ...usageOf(generation, maxTokens * choices),
    prompt_tokens_details: null,
    completion_tokens_details: null,
  };
  const tail = { service_tier: null, system_fingerprint: FINGERPRINT, usage };
  const transfers = { kv_transfer_params: null, ec_transfer_params: null, metrics: null };
  const prompt = { prompt_logprobs: null, prompt_token_ids: null };
  const text = range(maxTokens).map(tokenAt).join('');
  const all = (choice: object) => range(choices).map((index) => ({ index, ...choice, ...end }));
  if (kind === 'text_completion')
    return { ...head, choices: all({ text, ...prompt }), ...tail, ...transfers };
  const message = { role: 'assistant', content: text, refusal: null, annotations: null, audio: null };
  const chat = { message: { ...message, function_call: null, reasoning: null } };
  return { ...head, choices: all(chat), ...tail, ...prompt, prompt_text: null, ...transfers };
}

/** The first events of a stream, one a choice: a chat's bring the role alone, a completion has none. */
export function openingOf(generation: Generation): readonly object[] {
  if (generation.kind === 'text_completion') return [];
  const opening = { delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null };
  return range(generation.choices).map((index) => ({
    ...eventOf(generation, { index, ...opening }, 0),
    prompt_token_ids: null,
    prompt_text: null,
  }));
}

/** The events for the token at a position, one a choice; the last ones tell why they are the last. */
export function tokensOf(generation: Generation, position: number): readonly object[] {
  const { kind, maxTokens, choices, finishReason, usage } = generation;
  const isLast = position === maxTokens - 1;
  const text = tokenAt(position);
  const end = { logprobs: null, finish_reason: isLast ? finishReason : null };
  const stop = isLast ? { stop_reason: null } : {};
  const choice =
    kind === 'chat.completion'
      ? { delta: { content: text }, ...end, ...stop, token_ids: null }
      : { text, ...end, stop_reason: null, prompt_token_ids: null, token_ids: null };
  // The last event brings the fingerprint: the one with the usage, if there is one.
  const tail = isLast && usage === 'none' ? { system_fingerprint: FINGERPRINT } : {};
  return range(choices).map((index) => ({
    ...eventOf(generation, { index, ...choice }, position + 1),
    ...tail,
  }));
}

/** The extra event of `stream_options.include_usage`, which has no choice. */
export function usageEventOf(generation: Generation): object {
  const usage = usageOf(generation, generation.maxTokens * generation.choices);
  return { ...headOf(generation), choices: [], usage, system_fingerprint: FINGERPRINT };
}

function eventOf(generation: Generation, choice: object, tokens: number): object {
  const event = { ...headOf(generation), choices: [choice] };
  if (generation.usage !== 'with_each') return event;
  const details = generation.kind === 'chat.completion' ? { completion_tokens_details: null } : {};
  return { ...event, usage: { ...usageOf(generation, tokens), ...details } };
}

function headOf({ kind, id, createdS, model }: Generation): object {
  const object = kind === 'chat.completion' ? 'chat.completion.chunk' : kind;
  return { id, object, created: createdS, model };
}
