import type { RouteKind } from './decision.ts';
import type { Explanation } from './explanation.ts';
import type { Role } from './policy.ts';
import type { Asked, RejectReason } from './rejection.ts';

/** What became of one request: told once, when it is over. Never holds a body or a credential. */
export interface RequestRecord extends ResponseFacts {
  /** Who saw its end: the ext_proc stream, or an entry of the proxy's access log. */
  readonly via: 'stream' | 'access-log';
  /** The proxy's id of the request; absent where it gave none. */
  readonly id?: string | undefined;
  /** When its stream opened, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** From there to its end. */
  readonly durationMs: number;
  readonly outcome: 'forwarded' | 'rejected';
  /** Why it was rejected. */
  readonly reason: RejectReason | undefined;
  /** Undefined if it was rejected before it was decided. */
  readonly decided: Decided | undefined;
  /** What a request that was rejected asked for; absent if nobody got as far as that. */
  readonly asked?: Asked | undefined;
  /** How it was decided, for the few requests that somebody looks at. */
  readonly explanation?: Explanation | undefined;
}

/** What was decided for a request, in names that outlive the snapshot and the process. */
export interface Decided {
  /** `namespace/name`. */
  readonly pool: string;
  readonly route: RouteKind;
  /** As the client sent it: no label, since nothing bounds it. */
  readonly model: string | undefined;
  readonly target: string | undefined;
  readonly role: Role | undefined;
  readonly group: string | undefined;
  /** Model and target as labels may have them. */
  readonly modelLabel: string;
  readonly targetLabel: string;
  /** `ip:port` of the pick. */
  readonly endpoint: string;
  /** What the requests of a session for this model have in common; see `sessionKey`. */
  readonly key?: string | undefined;
}

/** What is known of a response. */
export interface ResponseFacts {
  /** Undefined if no response came. */
  readonly status: number | undefined;
  /** `ip:port` that served the request, where the proxy tells it; it may be another one than the pick. */
  readonly served: string | undefined;
  /** From the request's start to the response's headers; a model server may send them long before a token. */
  readonly headersMs: number | undefined;
  /** From the request's start to the first byte of the body; of an event stream, to its first content. */
  readonly firstTokenMs: number | undefined;
  /** True if the response is an event stream. */
  readonly streamed: boolean;
  /** Undefined if none came or could be read; `noUsage` then tells why. */
  readonly usage: TokenUsage | undefined;
  /** Why there is no usage, where one was due: a model was asked for, and answered well. */
  readonly noUsage: NoUsageReason | undefined;
  /** Why the model stopped, in its server's word (`stop`, `length`, `tool_calls`). */
  readonly finishReason: string | undefined;
  /** Whether the response came to its end, was cut off before, or nobody saw how it ended. */
  readonly end: 'complete' | 'cut' | 'unseen';
  /** Of the request's body, as it came or as its length was told; absent if neither is known. */
  readonly requestBytes?: number | undefined;
  /** Of the response's body; absent unless it came. */
  readonly responseBytes?: number | undefined;
}

/** The tokens that a model server counted for one request. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * Why a response gave no usage; also the value of a metric label. `unread`: its body was not sent to Serin.
 * `opaque`: in an encoding or a type that is not read. `cut`: it broke off. `absent`: it names none.
 */
export type NoUsageReason = 'unread' | 'opaque' | 'cut' | 'absent';

/** Takes the record of every request, on the request path: it must not wait. */
export type RecordSink = (record: RequestRecord) => void;

/** Tells several. */
export function joinSinks(sinks: readonly RecordSink[]): RecordSink {
  return (record) => {
    for (const sink of sinks) sink(record);
  };
}
