import type { Findings, JsonObject } from './response-findings.ts';
import { isObject, noteFinishReason, noteUsage } from './response-findings.ts';
import { createJsonReader } from './response-json.ts';

/** What one event is to Serin. */
export interface EventFacts {
  /** It brings something that the model has said. */
  readonly hasContent: boolean;
  /** It is there for the usage alone, as `stream_options.include_usage` asks for it. */
  readonly isUsageAlone: boolean;
}

/** Reads the events of one stream. */
export interface EventReader {
  /** Reads a whole event; of one that tells nothing new, only that much is looked at. */
  readonly read: (event: Buffer) => EventFacts;
  /** Reads a part of an event that is too long to be held; the first has its beginning. */
  readonly readPart: (part: Buffer, isLast: boolean) => void;
}

const NOTHING: EventFacts = { hasContent: false, isUsageAlone: false };
const USAGE = Buffer.from('usage"');
/** A finish reason that is not null, as servers space it. */
const FINISH_REASONS = ['finish_reason":"', 'finish_reason": "'].map((text) => Buffer.from(text));

/** Creates the reader of one stream. */
export function createEventReader(findings: Findings): EventReader {
  /** Until the first content each event is parsed; after it, two searches tell the few that matter. */
  let begun = false;
  let readLong: ((chunk: Uint8Array) => void) | undefined;

  return {
    read: (event) => {
      if (begun && !mayTell(event)) return NOTHING;
      const value = parseEvent(event);
      if (value === undefined) return NOTHING;
      note(findings, value);
      begun ||= hasContent(value);
      return { hasContent: begun, isUsageAlone: isUsageAlone(value) };
    },
    readPart: (part, isLast) => {
      // Nothing but content is that long.
      begun = true;
      if (readLong === undefined) {
        readLong = createJsonReader(findings);
        readLong(part.subarray(fieldStart(part)));
      } else readLong(part);
      if (isLast) readLong = undefined;
    },
  };
}

/**
 * False if nothing after the first content matters in some bytes: nearly every event says that it has no
 * finish reason, and none of the usage. Searches that begin with a quote would take three times as long.
 */
export function mayTell(bytes: Buffer): boolean {
  return bytes.includes(USAGE) || FINISH_REASONS.some((reason) => bytes.includes(reason));
}

/** The JSON object in an event's `data`; undefined if it has none, such as `[DONE]`. */
function parseEvent(event: Buffer): JsonObject | undefined {
  // Nobody reads more of the texts in it than whether they are empty, so their encoding does not matter.
  const lines = event.toString('latin1').split(/\r\n|\n|\r/);
  const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice('data:'.length));
  const text = data.join('\n').trimStart();
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where the value of the first `data` field begins. */
function fieldStart(part: Buffer): number {
  const [found] = /(?:^|[\r\n])data:/.exec(part.toString('latin1')) ?? [];
  return found === undefined ? part.length : part.indexOf(found) + found.length;
}

function note(findings: Findings, event: JsonObject): void {
  const { response, message, delta } = event;
  noteUsage(findings, event.usage);
  for (const choice of list(event.choices)) noteFinishReason(findings, choice.finish_reason);
  noteFinishReason(findings, event.stop_reason);
  if (isObject(delta)) noteFinishReason(findings, delta.stop_reason);
  if (isObject(message)) noteUsage(findings, message.usage);
  if (!isObject(response)) return;
  noteUsage(findings, response.usage);
  noteFinishReason(findings, response.status);
}

function isUsageAlone({ choices, usage }: JsonObject): boolean {
  return Array.isArray(choices) && choices.length === 0 && isObject(usage);
}

/** Where events have what the model says: completions, chats, Responses and Messages. */
const CONTENT_FIELDS: readonly string[] = [
  'content',
  'text',
  'reasoning',
  'reasoning_content',
  'thinking',
  'refusal',
  'tool_calls',
  'function_call',
  'partial_json',
  'audio',
];

function hasContent({ choices, delta, text }: JsonObject): boolean {
  if (says(text) || typeof delta === 'string') return says(text) || says(delta);
  const said = [...list(choices).flatMap((choice) => [choice, choice.delta]), delta];
  return said.some((each) => isObject(each) && CONTENT_FIELDS.some((field) => says(each[field])));
}

/** True for a text, list or object that is not empty. */
function says(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  return isObject(value) && Object.keys(value).length > 0;
}

function list(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
