import * as z from 'zod';
import { badRequest, type Problem } from './problem.ts';

const content = z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]);

const common = {
  model: z.string().optional(),
  max_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
};

/** The request bodies that the simulator reads; every other field is passed over as vLLM does. */
export const completionBody = z.object({
  ...common,
  prompt: z.union([z.string(), z.array(z.union([z.string(), z.int(), z.array(z.int())]))]),
});

/** `/v1/chat/completions`. */
export const chatBody = z.object({
  ...common,
  max_completion_tokens: z.int().min(1).nullish(),
  messages: z.array(z.object({ role: z.string(), content: content.nullish() })).min(1),
});

/** `/v1/embeddings`. */
export const embeddingBody = z.object({
  model: z.string().optional(),
  input: z.union([z.string(), z.array(z.union([z.string(), z.int(), z.array(z.int())]))]),
});

/** `/v1/load_lora_adapter`. */
export const loadBody = z.object({ lora_name: z.string(), lora_path: z.string() });

/** `/v1/unload_lora_adapter`. */
export const unloadBody = z.object({ lora_name: z.string() });

/** What is wrong with a body, and the field that is. */
export function invalidField({ issues: [issue] }: z.ZodError): Problem {
  const field = issue?.path.join('.') ?? '';
  return badRequest(`${issue?.message} (parameter=${field})`, field);
}

/** What a prompt is made of: text, token ids, or several of either. */
export type PromptPart = string | number | readonly (string | number | readonly number[])[];

/** About as many tokens as a tokenizer would make: one a word, and a first one. */
export function countTokens(prompt: PromptPart): number {
  if (typeof prompt === 'string') return 1 + (prompt.match(/\S+/g)?.length ?? 0);
  if (typeof prompt === 'number') return 1;
  return prompt.reduce<number>((total, part) => total + countTokens(part), 0);
}

/** The tokens of chat messages. */
export function countMessageTokens(messages: z.infer<typeof chatBody>['messages']): number {
  const texts = messages.map(({ content: each }) =>
    typeof each === 'string' ? each : (each ?? []).map(({ text }) => text ?? '').join(' '),
  );
  return texts.reduce((total, text) => total + countTokens(text) + 3, 0);
}
