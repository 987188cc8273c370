import { asBuffer } from '../core/as-buffer.ts';
import type { TokenUsage } from '../core/request-record.ts';
import type { EventSink } from './event-splitter.ts';
import { createEventSplitter, endsEvent } from './event-splitter.ts';
import type { ResponseHead } from './inbound.ts';
import { createEventReader, mayTell } from './response-events.ts';
import type { Findings } from './response-findings.ts';
import { createFindings, usageOf } from './response-findings.ts';
import { createJsonReader } from './response-json.ts';

/** How a response's body is read; `opaque` is not. */
export type ResponseKind = 'events' | 'json' | 'opaque';

/** Reads one response body on its way; it never holds more of it than one event. */
export interface ResponseReader {
  readonly kind: ResponseKind;
  /** Reads a piece, and gives what goes on to the client: the piece itself unless something is withheld. */
  readonly push: (bytes: Uint8Array) => readonly Uint8Array[];
  /** What is still withheld for want of its rest. */
  readonly takeRest: () => readonly Uint8Array[];
  /** True once a byte has come; in an event stream, once one has come that the model has said. */
  readonly begun: () => boolean;
  readonly usage: () => TokenUsage | undefined;
  readonly finishReason: () => string | undefined;
}

/** Tells from a response's headers how its body is to be read. */
export function responseKind({ contentType, contentEncoding }: ResponseHead): ResponseKind {
  if (contentEncoding !== undefined && contentEncoding !== 'identity') return 'opaque';
  if (isEventStream(contentType)) return 'events';
  return contentType?.includes('json') === true ? 'json' : 'opaque';
}

/** Tells an event stream, also one in an encoding that Serin does not read. */
export function isEventStream(contentType: string | undefined): boolean {
  return contentType?.startsWith('text/event-stream') === true;
}

/** What a reader has to know of its response. */
export interface ReaderOptions {
  /** True for an event stream, whose first byte is not yet what the model says. */
  readonly streamed: boolean;
  /** True if the event that is there for the usage alone does not go on to the client. */
  readonly withholdsUsage: boolean;
}

/** Creates the reader of one body. */
export function createResponseReader(kind: ResponseKind, options: ReaderOptions): ResponseReader {
  const findings = createFindings();
  const body =
    kind === 'events'
      ? readEvents(findings, options.withholdsUsage)
      : readWhole(kind === 'json' ? createJsonReader(findings) : undefined, options.streamed);
  return {
    ...body,
    kind,
    usage: () => usageOf(findings),
    finishReason: () => findings.finishReason,
  };
}

type BodyReader = Pick<ResponseReader, 'push' | 'takeRest' | 'begun'>;

function readWhole(read: ((chunk: Uint8Array) => void) | undefined, streamed: boolean): BodyReader {
  let begun = false;
  return {
    push: (bytes) => {
      begun ||= bytes.length > 0 && !streamed;
      read?.(bytes);
      return [bytes];
    },
    takeRest: () => [],
    begun: () => begun,
  };
}

function readEvents(findings: Findings, withholdsUsage: boolean): BodyReader {
  const reader = createEventReader(findings);
  let begun = false;
  let passed: Uint8Array[] = [];
  const sink: EventSink = {
    event: (event) => {
      const { hasContent, isUsageAlone } = reader.read(event);
      begun ||= hasContent;
      if (withholdsUsage && !isUsageAlone) passed.push(event);
    },
    part: (part, isLast) => {
      reader.readPart(part, isLast);
      begun = true;
      if (withholdsUsage) passed.push(part);
    },
  };
  const splitter = createEventSplitter(sink);
  return {
    push: (bytes) => {
      // Nearly all pieces are such; they cost no more than three searches.
      if (begun && splitter.isAtBoundary() && endsEvent(bytes) && !mayTell(asBuffer(bytes))) return [bytes];
      splitter.push(bytes);
      if (!withholdsUsage) return [bytes];
      const pieces = passed;
      passed = [];
      return pieces;
    },
    takeRest: () => (withholdsUsage ? splitter.takeRest() : []),
    begun: () => begun,
  };
}
