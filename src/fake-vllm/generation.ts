/** What a client asked to be generated, whichever endpoint it used. */
export interface Generation {
  readonly kind: 'text_completion' | 'chat.completion';
  readonly id: string;
  readonly createdS: number;
  readonly model: string;
  readonly promptTokens: number;
  readonly maxTokens: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

const WORDS = ['the', ' city', ' by', ' the', ' bay', ' is', ' seen', ' in', ' its', ' own', ' fog'] as const;

/** The token at a position of an answer; the same words each time. */
export function tokenAt(position: number): string {
  return WORDS[position % WORDS.length] ?? '';
}

/** The first `count` tokens as text. */
export function textOf(count: number): string {
  return Array.from({ length: count }, (_, position) => tokenAt(position)).join('');
}

/** Names the build that answered, as vLLM does. */
const FINGERPRINT = 'vllm-0.0.0-simulated';

function usageOf({ promptTokens, maxTokens }: Generation) {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + maxTokens,
    completion_tokens: maxTokens,
  };
}

/** The whole answer of a request that does not stream; fields that the simulator has no use for are null. */
export function answerOf(generation: Generation): object {
  const { kind, id, createdS, model, maxTokens } = generation;
  const head = { id, object: kind, created: createdS, model };
  const end = {
    logprobs: null,
    finish_reason: 'length',
    stop_reason: null,
    token_ids: null,
    routed_experts: null,
  };
  const usage = { ...usageOf(generation), prompt_tokens_details: null, completion_tokens_details: null };
  const tail = { service_tier: null, system_fingerprint: FINGERPRINT, usage };
  const transfers = { kv_transfer_params: null, ec_transfer_params: null, metrics: null };
  const prompt = { prompt_logprobs: null, prompt_token_ids: null };
  const text = textOf(maxTokens);
  if (kind === 'text_completion') {
    return { ...head, choices: [{ index: 0, text, ...end, ...prompt }], ...tail, ...transfers };
  }
  const message = { role: 'assistant', content: text, refusal: null, annotations: null, audio: null };
  const choice = { index: 0, message: { ...message, function_call: null, reasoning: null }, ...end };
  return { ...head, choices: [choice], ...tail, ...prompt, prompt_text: null, ...transfers };
}

/** One event of a stream: the token at `position`, the last one with the reason for the end. */
export function chunkOf(generation: Generation, position: number): object {
  const { kind, maxTokens, includeUsage } = generation;
  const isLast = position === maxTokens - 1;
  const end = { logprobs: null, finish_reason: isLast ? 'length' : null };
  const choice =
    kind === 'chat.completion'
      ? {
          delta: { content: tokenAt(position) },
          ...end,
          ...(isLast ? { stop_reason: null } : {}),
          token_ids: null,
        }
      : { text: tokenAt(position), ...end, stop_reason: null, prompt_token_ids: null, token_ids: null };
  // The last event brings the fingerprint: the one with the usage, if there is one.
  const tail = isLast && !includeUsage ? { system_fingerprint: FINGERPRINT } : {};
  return { ...chunkHead(generation), choices: [{ index: 0, ...choice }], ...tail };
}

/** The first event of a chat stream, which brings the role alone. */
export function roleChunkOf(generation: Generation): object {
  const delta = { role: 'assistant', content: '' };
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: null }];
  return { ...chunkHead(generation), choices, prompt_token_ids: null, prompt_text: null };
}

/** The extra event of `stream_options.include_usage`, which has no choice. */
export function usageChunkOf(generation: Generation): object {
  const usage = usageOf(generation);
  return { ...chunkHead(generation), choices: [], usage, system_fingerprint: FINGERPRINT };
}

function chunkHead({ kind, id, createdS, model }: Generation): object {
  const object = kind === 'chat.completion' ? 'chat.completion.chunk' : kind;
  return { id, object, created: createdS, model };
}
