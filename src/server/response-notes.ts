import type { Effect } from '../extproc/outcome.ts';
import type { StreamRecord } from './stream-record.ts';

/** Takes what the headers tell, so many milliseconds after the request's start. */
export function noteResponded(
  record: StreamRecord,
  { status, served, streamed }: Extract<Effect, { kind: 'responded' }>,
  elapsedMs: number,
): void {
  record.status = status;
  record.served = served;
  record.streamed = streamed;
  record.headersMs = elapsedMs;
}

/** Takes what the body has told when nothing more comes of it. */
export function noteEnded(record: StreamRecord, ended: Extract<Effect, { kind: 'response-ended' }>): void {
  record.end = ended.end;
  record.usage = ended.usage;
  record.noUsage = ended.noUsage;
  record.finishReason = ended.finishReason;
  record.requestBytes = ended.requestBytes;
  record.responseBytes = ended.responseBytes;
}
