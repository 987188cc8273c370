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

/** `usage` of an answer. */
export function usageOf({ promptTokens }: Generation, completionTokens: number): object {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    prompt_tokens_details: null,
  };
}

/** The whole answer of a request that does not stream. */
export function answerOf(generation: Generation): object {
  const { kind, id, createdS, model, maxTokens } = generation;
  const text = textOf(maxTokens);
  const end = { logprobs: null, finish_reason: 'length', stop_reason: null };
  const choice =
    kind === 'chat.completion'
      ? { index: 0, message: { role: 'assistant', content: text }, ...end }
      : { index: 0, text, ...end, prompt_logprobs: null };
  return {
    id,
    object: kind,
    created: createdS,
    model,
    choices: [choice],
    usage: usageOf(generation, maxTokens),
  };
}

/** One event of a stream: the token at `position`, the last one with the reason for the end. */
export function chunkOf(generation: Generation, position: number): object {
  const { kind, id, createdS, model, maxTokens } = generation;
  const finish_reason = position === maxTokens - 1 ? 'length' : null;
  const end = { logprobs: null, finish_reason, stop_reason: null };
  const choice =
    kind === 'chat.completion'
      ? { index: 0, delta: { content: tokenAt(position) }, ...end }
      : { index: 0, text: tokenAt(position), ...end };
  return { ...chunkHead(kind), id, created: createdS, model, choices: [choice] };
}

/** The first event of a chat stream, which brings the role alone. */
export function roleChunkOf({ kind, id, createdS, model }: Generation): object {
  const choices = [
    { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
  ];
  return { ...chunkHead(kind), id, created: createdS, model, choices };
}

/** The extra event of `stream_options.include_usage`, which has no choice. */
export function usageChunkOf(generation: Generation): object {
  const { kind, id, createdS, model, maxTokens } = generation;
  const usage = usageOf(generation, maxTokens);
  return { ...chunkHead(kind), id, created: createdS, model, choices: [], usage };
}

function chunkHead(kind: Generation['kind']): object {
  return { object: kind === 'chat.completion' ? 'chat.completion.chunk' : kind };
}
