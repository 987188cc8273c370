import type { TokenUsage } from '../core/request-record.ts';

/** What is found in a response so far; mutable, owned by its reader. */
export interface Findings {
  promptTokens: number | undefined;
  completionTokens: number | undefined;
  finishReason: string | undefined;
}

/** Starts with nothing. */
export function createFindings(): Findings {
  return { promptTokens: undefined, completionTokens: undefined, finishReason: undefined };
}

/** The usage, if the response told of any. */
export function usageOf({ promptTokens, completionTokens }: Findings): TokenUsage | undefined {
  if (promptTokens === undefined && completionTokens === undefined) return undefined;
  // An embedding has no completion, and OpenAI's own usage of one then has no count of it.
  return { promptTokens: promptTokens ?? 0, completionTokens: completionTokens ?? 0 };
}

/**
 * Takes the counts of a `usage` object, in the words of completions or of responses and messages. Streams may
 * tell them more than once, and messages tell them in parts, so the last of each counts.
 */
export function noteUsage(findings: Findings, usage: unknown): void {
  if (!isObject(usage)) return;
  findings.promptTokens = count(usage, 'prompt_tokens', 'input_tokens') ?? findings.promptTokens;
  findings.completionTokens = count(usage, 'completion_tokens', 'output_tokens') ?? findings.completionTokens;
}

/** A generation of more tokens is none, and would spoil every sum. */
export const MAX_TOKENS = 1_000_000_000;

function count(usage: JsonObject, ...names: readonly string[]): number | undefined {
  const value = names.map((name) => usage[name]).find((each) => each !== undefined);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS
    ? value
    : undefined;
}

/** The states of an answer that has not ended, which Responses events tell as well. */
const UNFINISHED: ReadonlySet<unknown> = new Set(['queued', 'in_progress']);

/** A reason is a word; a longer text is none, and logs have no room for it. */
const MAX_REASON_LENGTH = 64;

/** Takes why the model stopped, where a text says so. */
export function noteFinishReason(findings: Findings, reason: unknown): void {
  if (typeof reason !== 'string' || reason.length > MAX_REASON_LENGTH || UNFINISHED.has(reason)) return;
  findings.finishReason = reason;
}

/** A JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** Tells a JSON object from other values. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
