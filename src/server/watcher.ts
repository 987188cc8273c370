import type { RequestRecord } from '../core/request-record.ts';
import type { RequestHead } from '../extproc/inbound.ts';

/** Looks closer at some requests than counters do, on the stream that decides them. */
export interface Watcher {
  /**
   * Asked once per stream, before its first message is worked on; undefined lets the request pass. The stream began at
   * `startedAtMs`, on the clock of requests at `openedMs`.
   */
  readonly watch: (head: RequestHead, startedAtMs: number, openedMs: number) => Watch | undefined;
}

/** One request that is looked at. */
export interface Watch {
  /** Whether its decision has to be explained. */
  readonly explains: boolean;
  /** Takes what became of it. */
  readonly ended: (record: RequestRecord) => void;
  /** Takes instead what is known of a request whose stream has ended undecided. */
  readonly abandoned?: (record: RequestRecord, why: Abandonment) => void;
}

/** Why a request was never decided: its caller ended the stream, or sent what no order of the protocol allows. */
export type Abandonment = 'reset' | 'protocol_error';

/** Lets clients that ask be told how their requests are decided. */
export const DEBUG_WATCHER: Watcher = {
  watch: ({ debug }) => (debug ? EXPLAINED : undefined),
};

const EXPLAINED: Watch = { explains: true, ended: () => undefined };

/** A UUID, or what looks like one: clients may be let choose their ids, and a log must not tell what they like. */
const REQUEST_ID = /^[\da-f-]{8,64}$/i;

/** A request's id as its record has it. */
export function idOf(requestId: string | undefined): string | undefined {
  return requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : undefined;
}

/** Both of them as one. */
export function bothWatch(one: Watch | undefined, other: Watch | undefined): Watch | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    explains: one.explains || other.explains,
    ended: (record) => {
      one.ended(record);
      other.ended(record);
    },
    abandoned: (record, why) => {
      one.abandoned?.(record, why);
      other.abandoned?.(record, why);
    },
  };
}
