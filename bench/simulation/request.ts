/** A part of a prompt that other prompts may begin with too, if all that stands before it is the same. */
export interface Segment {
  readonly key: string;
  readonly tokens: number;
}

/** One request of a workload. */
export interface SimRequest {
  readonly id: number;
  /** When it comes, or, if it goes on with a conversation, the earliest time that it may. */
  readonly atMs: number;
  /** Undefined asks for the base model. */
  readonly adapter: string | undefined;
  /** All of the prompt. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** The parts of the prompt, from its beginning; their keys tell the adapter, since KV blocks are one adapter's. */
  readonly segments: readonly Segment[];
  /** What the answer is called in a prompt that goes on after it. */
  readonly answerKey: string;
  /** What the client asks next, so long after the last token. */
  readonly next?: { readonly thinkMs: number; readonly request: SimRequest };
}
