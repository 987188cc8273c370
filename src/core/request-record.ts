import type { RouteKind } from './decision.ts';
import type { RejectReason } from './rejection.ts';

/** What became of one request: told once, when it is over. Never holds a body or a credential. */
export interface RequestRecord {
  /** Who saw its end: the ext_proc stream, or an entry of the proxy's access log. */
  readonly via: 'stream' | 'access-log';
  /** When its stream opened, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** From there to its end. */
  readonly durationMs: number;
  readonly outcome: 'forwarded' | 'rejected';
  /** Why it was rejected. */
  readonly reason: RejectReason | undefined;
  /** Undefined if it was rejected before it was decided. */
  readonly decided: Decided | undefined;
  /** Status of the response; undefined if none came. */
  readonly status: number | undefined;
}

/** What was decided for a request, in names that outlive the snapshot and the process. */
export interface Decided {
  /** `namespace/name`. */
  readonly pool: string;
  readonly route: RouteKind;
  /** As the client sent it: no label, since nothing bounds it. */
  readonly model: string | undefined;
  readonly target: string | undefined;
  /** `ip:port` of the pick. */
  readonly endpoint: string;
}

/** Takes the record of every request, on the request path: it must not wait. */
export type RecordSink = (record: RequestRecord) => void;
