import type { Explanation } from './explanation.ts';
import type { ModelName, PoolKey, TargetName } from './names.ts';
import type { Role } from './policy.ts';
import type { PromptPrefix } from './prompt-prefix.ts';
import type { Rejection } from './rejection.ts';
import type { Endpoint } from './snapshot.ts';

/** What the core knows of a request: nothing of Envoy, nothing of the body but its model name. */
export interface PickRequest {
  /** `:authority` as the client sent it. */
  readonly host: string;
  /** `undefined` for requests that are routed by headers alone. */
  readonly model: ModelName | undefined;
  /** Name of an InferenceObjective, from the request's header. */
  readonly objective: string | undefined;
  /** What the client says that its requests have in common. */
  readonly session: string | undefined;
  /**
   * The proxy's subset hint (proposal 004), as sent: `ip:port`, or `ip` for all ports of a pod. `undefined`
   * means the whole pool, empty means none.
   */
  readonly subset: readonly string[] | undefined;
  /** Reads how the prompt begins, which is only worth it where there is a choice; absent if nobody wants to know. */
  readonly prompt?: (() => PromptPrefix | undefined) | undefined;
}

/**
 * How the target was found: `weighted` by an object's weights, `direct` because a pod serves the name,
 * `passthrough` because unknown names are passed on, `headers` because the request has no model to read.
 */
export type RouteKind = 'weighted' | 'direct' | 'passthrough' | 'headers';

/** A request that goes on: which target, on which pod, and which pods may take a retry. */
export interface Forward {
  readonly kind: 'forward';
  readonly route: RouteKind;
  readonly pool: PoolKey;
  readonly model: ModelName | undefined;
  readonly target: TargetName | undefined;
  /** Undefined unless an object's weights chose the target. */
  readonly role: Role | undefined;
  readonly group: string | undefined;
  /** The model and target as labels and keys may have them: clients cannot make up more than `other`. */
  readonly modelLabel: string;
  readonly targetLabel: string;
  readonly endpoint: Endpoint;
  /** Further pods that hold the target, best first; at most `fallbackEndpoints`. */
  readonly fallbacks: readonly Endpoint[];
  /** How its prompt begins, where that was read. */
  readonly prompt?: PromptPrefix;
  /** How it came about, where somebody wanted to know. */
  readonly explanation?: Explanation;
  /** What the requests of a session for this model have in common; absent without a session. */
  readonly key?: string;
}

/** The outcome of `decide`. */
export type Decision = Forward | Rejection;
