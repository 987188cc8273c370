import type { FoundField } from '../core/json-scan.ts';
import { createJsonScanner } from '../core/json-scan.ts';
import { wantedKeys } from '../core/json-scan-keys.ts';
import type { ByteRange } from '../core/mutation.ts';
import { sliceRange, spliceChunks } from '../core/mutation.ts';
import type { RequestState } from './request-state.ts';

/** The bytes to put in the place of a range, which is empty where they are added. */
interface Edit extends ByteRange {
  readonly bytes: Uint8Array;
}

const OPTIONS = 'stream_options';
const INCLUDE = 'stream_options.include_usage';
const CONTINUOUS = 'stream_options.continuous_usage_stats';
const KEYS = wantedKeys(['stream', OPTIONS, INCLUDE, CONTINUOUS]);

const ALL = Buffer.from(',"stream_options":{"include_usage":true}');
const OBJECT = Buffer.from('{"include_usage":true}');
const MEMBER = Buffer.from('"include_usage":true');
const FIRST_OF_MORE = Buffer.from('"include_usage":true,');
const TRUE = Buffer.from('true');

/**
 * True if the usage of this request's stream is asked for even if its client does not: only where Serin gets
 * to see the response, since it has to take the event out again.
 */
export function injectsUsage({ deps, head, responseMode }: RequestState): boolean {
  return deps.injectIncludeUsage && head.completions && responseMode !== 'none';
}

/** The body that goes to the pod, with `stream_options.include_usage` if it has to be asked for. */
export function withUsageAsked(state: RequestState, body: readonly Uint8Array[]): readonly Uint8Array[] {
  const edit = injectsUsage(state) ? usageEdit(body) : undefined;
  if (edit === undefined) return body;
  state.usageAsked = true;
  return spliceChunks(body, [edit], edit.bytes);
}

/**
 * What makes a streamed request ask for its usage; undefined if it does not stream or asks already. One whose
 * keys repeat, or whose values are not what they should be, is left to the model server. So is one with
 * `continuous_usage_stats`: that would bring the usage into every event.
 */
function usageEdit(body: readonly Uint8Array[]): Edit | undefined {
  const fields = scan(body);
  if (fields === undefined) return undefined;
  const stream = fields.get('stream');
  const options = fields.get(OPTIONS);
  const include = fields.get(INCLUDE);
  if (stream?.valueKind !== 'true' || !isOff(fields.get(CONTINUOUS))) return undefined;
  if (options === undefined) return { start: stream.end, end: stream.end, bytes: ALL };
  if (options.valueKind === 'null') return { ...rangeOf(options), bytes: OBJECT };
  if (options.valueKind !== 'object') return undefined;
  if (include !== undefined) return isOff(include) ? { ...rangeOf(include), bytes: TRUE } : undefined;
  const inside = options.start + 1;
  return { start: inside, end: inside, bytes: isEmpty(body, options) ? MEMBER : FIRST_OF_MORE };
}

/** The fields by their keys; undefined if the body is not JSON or a key repeats. */
function scan(body: readonly Uint8Array[]): ReadonlyMap<string, FoundField> | undefined {
  const scanner = createJsonScanner(KEYS);
  for (const chunk of body) scanner.push(chunk);
  if (scanner.finish().kind !== 'complete') return undefined;
  const fields = new Map(scanner.fields.map((field) => [field.key, field]));
  return fields.size === scanner.fields.length ? fields : undefined;
}

function isOff(field: FoundField | undefined): boolean {
  return field === undefined || field.valueKind === 'false' || field.valueKind === 'null';
}

function rangeOf({ start, end }: FoundField): ByteRange {
  return { start, end };
}

function isEmpty(body: readonly Uint8Array[], { start, end }: ByteRange): boolean {
  return (
    Buffer.from(sliceRange(body, start + 1, end - 1))
      .toString('latin1')
      .trim() === ''
  );
}
