import type { RequestRecord } from '../core/request-record.ts';
import { emptyHead } from '../extproc/decode.ts';
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

/** All watchers of one stream. */
export interface Watching {
  /** Takes the headers; those that come a second time count for nothing. */
  readonly began: (head: RequestHead) => void;
  /** Whether one of them wants the decision explained. */
  readonly explains: () => boolean;
  /** The request's id as its record has it. */
  readonly id: () => Pick<RequestRecord, 'id'>;
  readonly ended: (record: RequestRecord) => void;
}

/** A UUID, or what looks like one: clients may be let choose their ids, and a log must not tell what they like. */
const REQUEST_ID = /^[\da-f-]{8,64}$/i;
const NO_HEAD = emptyHead();

/** Watches one stream; one that sends no headers is watched from its end. */
export function createWatching(watchers: readonly Watcher[], startedAtMs: number): Watching {
  let head: RequestHead | undefined;
  let watches: readonly Watch[] = [];

  function began(given: RequestHead): void {
    if (head !== undefined) return;
    head = given;
    watches = watchers.flatMap(({ watch }) => watch(given, startedAtMs) ?? []);
  }

  return {
    began,
    explains: () => watches.some(({ explains }) => explains),
    id: () => idOf(head?.requestId),
    ended: (record) => {
      began(NO_HEAD);
      for (const watch of watches) watch.ended(record);
    },
  };
}

function idOf(requestId: string | undefined): Pick<RequestRecord, 'id'> {
  return requestId !== undefined && REQUEST_ID.test(requestId) ? { id: requestId } : {};
}
