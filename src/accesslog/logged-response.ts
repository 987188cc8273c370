import type { NoUsageReason, ResponseFacts, TokenUsage } from '../core/request-record.ts';
import { RESPONSE_NAMESPACE } from '../extproc/keys.ts';
import { MAX_TOKENS } from '../extproc/response-findings.ts';
import type { WireValue } from '../extproc/wire.ts';
import type { LogEntry } from './log-entry.ts';

/** A longer request or a larger body is none; such figures would spoil every sum. */
const MAX_MS = 7 * 86_400_000;
const MAX_BYTES = 2 ** 40;

/** What an entry says of the response; `asked` if a model was asked for. The first token is not in any log. */
export function readResponse(entry: LogEntry, asked: boolean): ResponseFacts {
  const { upstream, cut } = entry;
  const status = isStatus(entry.status) ? entry.status : undefined;
  const usage = readUsage(entry);
  const due = asked && usage === undefined && status !== undefined && status >= 200 && status < 300;
  return {
    status,
    served: upstream,
    headersMs: plausibleMs(entry.headersMs),
    firstTokenMs: undefined,
    streamed: entry.contentType.startsWith('text/event-stream'),
    usage,
    noUsage: due ? reasonOf(entry) : undefined,
    finishReason: undefined,
    requestBytes: bytesOf(entry.requestBytes),
    responseBytes: status === undefined ? undefined : bytesOf(entry.responseBytes),
    end: status === undefined ? 'unseen' : cut ? 'cut' : 'complete',
  };
}

function bytesOf(count: number): number | undefined {
  return count <= MAX_BYTES ? count : undefined;
}

function isStatus(code: number | undefined): boolean {
  return code !== undefined && code >= 100 && code <= 599;
}

/** A time from the request's start, in milliseconds; undefined if none can be true. */
export function plausibleMs(ms: number | undefined): number | undefined {
  return ms !== undefined && ms >= 0 && ms <= MAX_MS ? ms : undefined;
}

/** The model that the response names, which of vLLM is the adapter that has served. */
export function readServedModel({ metadata }: LogEntry): string | undefined {
  return metadata[RESPONSE_NAMESPACE]?.fields?.model?.stringValue;
}

function readUsage({ metadata }: LogEntry): TokenUsage | undefined {
  const found = metadata[RESPONSE_NAMESPACE]?.fields;
  const promptTokens = countOf(found?.prompt_tokens);
  const completionTokens = countOf(found?.completion_tokens);
  // Embeddings have no completion.
  return promptTokens === undefined ? undefined : { promptTokens, completionTokens: completionTokens ?? 0 };
}

function countOf(value: WireValue | undefined): number | undefined {
  const count = value?.numberValue;
  return Number.isInteger(count) && count !== undefined && count >= 0 && count <= MAX_TOKENS
    ? count
    : undefined;
}

function reasonOf({ cut, contentEncoding }: LogEntry): NoUsageReason {
  if (cut) return 'cut';
  return contentEncoding === '' || contentEncoding === 'identity' ? 'absent' : 'opaque';
}
