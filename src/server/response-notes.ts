import type { ResponseFacts } from '../core/request-record.ts';
import { NO_RESPONSE } from '../core/request-record.ts';
import type { Effect } from '../extproc/outcome.ts';

/** What a stream has learnt of its response so far; mutable, since each request makes one. */
export type ResponseNotes = { -readonly [K in keyof ResponseFacts]: ResponseFacts[K] };

/** Starts with no response. */
export function createResponseNotes(): ResponseNotes {
  return { ...NO_RESPONSE };
}

/** Takes what the headers tell, so many milliseconds after the request's start. */
export function noteResponded(
  notes: ResponseNotes,
  { status, served, streamed }: Extract<Effect, { kind: 'responded' }>,
  elapsedMs: number,
): void {
  notes.status = status;
  notes.served = served;
  notes.streamed = streamed;
  notes.headersMs = elapsedMs;
}

/** Takes the moment when the body began, or the model in it. */
export function noteFirstToken(notes: ResponseNotes, elapsedMs: number): void {
  notes.firstTokenMs = elapsedMs;
}

/** Takes what the body has told when nothing more comes of it. */
export function noteEnded(
  notes: ResponseNotes,
  {
    end,
    usage,
    noUsage,
    finishReason,
    requestBytes,
    responseBytes,
  }: Extract<Effect, { kind: 'response-ended' }>,
): void {
  notes.end = end;
  notes.usage = usage;
  notes.noUsage = noUsage;
  notes.finishReason = finishReason;
  notes.requestBytes = requestBytes;
  notes.responseBytes = responseBytes;
}
