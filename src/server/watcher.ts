import type { RequestRecord } from '../core/request-record.ts';
import type { RequestHead } from '../extproc/inbound.ts';

/** Looks closer at some requests than counters do, on the stream that decides them. */
export interface Watcher {
  /** Asked once per stream, before its first message is worked on; undefined lets the request pass. */
  readonly watch: (head: RequestHead, startedAtMs: number) => Watch | undefined;
}

/** One request that is looked at. */
export interface Watch {
  /** Whether its decision has to be explained. */
  readonly explains: boolean;
  /** Takes what became of it. */
  readonly ended: (record: RequestRecord) => void;
}

/** Lets clients that ask be told how their requests are decided. */
export const DEBUG_WATCHER: Watcher = {
  watch: ({ debug }) => (debug ? EXPLAINED : undefined),
};

const EXPLAINED: Watch = { explains: true, ended: () => undefined };
