/** A part of a prompt that other prompts may begin with too. */
export interface Segment {
  readonly key: string;
  readonly tokens: number;
}

/** One request of a workload. */
export interface SimRequest {
  readonly id: number;
  readonly atMs: number;
  /** Undefined asks for the base model. */
  readonly adapter: string | undefined;
  /** All of the prompt, the shared segments included. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** How the prompt begins, as far as it is shared; what follows is the request's own. */
  readonly segments: readonly Segment[];
}
