import * as z from 'zod';

const prompts = z.union([z.string(), z.array(z.int()), z.array(z.string()), z.array(z.array(z.int()))]);
const content = z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]);

const common = {
  model: z.string().nullish(),
  max_tokens: z.int().nullish(),
  n: z.int().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({ include_usage: z.boolean().nullish(), continuous_usage_stats: z.boolean().nullish() })
    .nullish(),
};

/** The body of `/v1/completions`; every other field is passed over, as vLLM does. */
export const completionBody = z.object({ ...common, prompt: prompts.nullish() });

/** The body of `/v1/chat/completions`. */
export const chatBody = z.object({
  ...common,
  max_completion_tokens: z.int().nullish(),
  messages: z.array(z.object({ role: z.string(), content: content.nullish() })),
});

/** The body of `/v1/embeddings`. */
export const embeddingBody = z.object({
  model: z.string().nullish(),
  input: prompts.refine((input) => typeof input === 'string' || input.length > 0, 'an empty list'),
});

/** The body of `/v1/load_lora_adapter`. */
export const loadBody = z.object({
  lora_name: z.string(),
  lora_path: z.string(),
  load_inplace: z.boolean().optional(),
});

/** The body of `/v1/unload_lora_adapter`. */
export const unloadBody = z.object({ lora_name: z.string() });

/** One prompt or several, each as text or as the numbers of its tokens. */
export type Prompts = z.infer<typeof prompts>;

/** How many prompts there are: numbers alone are one prompt. */
export function countPrompts(input: Prompts): number {
  return typeof input === 'string' || typeof input[0] === 'number' ? 1 : input.length;
}

/** About as many tokens as a tokenizer would make: one a word, and one at the start of each text. */
export function countTokens(input: Prompts): number {
  if (typeof input === 'string') return 1 + countWords(input);
  let total = 0;
  for (const part of input) total += typeof part === 'number' ? 1 : countTokens(part);
  return total;
}

/** The tokens of chat messages, with those that a template puts around each. */
export function countMessageTokens(messages: z.infer<typeof chatBody>['messages']): number {
  const texts = messages.map(({ content: each }) =>
    typeof each === 'string' ? each : (each ?? []).map(({ text }) => text ?? '').join(' '),
  );
  return texts.reduce((total, text) => total + countTokens(text) + 3, 0);
}

const SPACE = 0x20;

/** Counts without a copy of the text, which may be megabytes long. */
function countWords(text: string): number {
  let words = 0;
  let inWord = false;
  for (let position = 0; position < text.length; position += 1) {
    const isSpace = text.charCodeAt(position) <= SPACE;
    if (!isSpace && !inWord) words += 1;
    inWord = !isSpace;
  }
  return words;
}
