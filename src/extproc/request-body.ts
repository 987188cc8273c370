import type { FoundField } from '../core/json-scan.ts';
import { createJsonScanner } from '../core/json-scan.ts';
import { wantedKeys } from '../core/json-scan-keys.ts';
import { decodeJsonString, encodeJsonString, sliceRange, spliceChunks } from '../core/mutation.ts';
import type { ModelName, TargetName } from '../core/names.ts';
import { modelName } from '../core/names.ts';
import type { Rejection } from '../core/rejection.ts';
import { reject } from '../core/rejection.ts';

/** The memory that all held bodies share. */
export interface BufferBudget {
  /** Takes `bytes` from the budget; false if that would exceed it. */
  readonly reserve: (bytes: number) => boolean;
  readonly release: (bytes: number) => void;
}

/** Limits of one request body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly budget: BufferBudget;
}

/** A request body that is held until its model is known; chunks are kept as they came. */
export interface RequestBody {
  /** Holds one chunk; returns why the request has to be refused, if it has. */
  readonly add: (bytes: Uint8Array) => Rejection | undefined;
  readonly byteLength: () => number;
  /** True once the top-level JSON value has closed. */
  readonly complete: () => boolean;
  /** Reads the model after the last chunk. */
  readonly readModel: () => ModelName | Rejection;
  /** The body with every top-level `model` value replaced; the chunks themselves if `target` is undefined. */
  readonly rewritten: (target: TargetName | undefined) => readonly Uint8Array[];
  /** Gives the memory back; safe to call again. */
  readonly release: () => void;
}

const KEYS = wantedKeys(['model']);

/** Starts to hold a request body of at most `maxBodyBytes`. */
export function createRequestBody(limits: BodyLimits): RequestBody {
  const scanner = createJsonScanner(KEYS);
  let chunks: Uint8Array[] = [];
  let total = 0;
  let reserved = 0;
  let complete = false;
  let malformed: Rejection | undefined;

  function add(bytes: Uint8Array): Rejection | undefined {
    total += bytes.length;
    if (total > limits.maxBodyBytes) return bodyTooLarge(limits.maxBodyBytes);
    if (bytes.length === 0) return undefined;
    if (!limits.budget.reserve(bytes.length)) {
      return reject('buffer_full', 'too many request bodies are being held; try again');
    }
    reserved += bytes.length;
    chunks.push(bytes);
    return scan(bytes);
  }

  function scan(bytes: Uint8Array): Rejection | undefined {
    const state = scanner.push(bytes);
    complete = state.kind === 'complete';
    if (state.kind === 'malformed') malformed = malformedJson(state.problem, state.offset);
    return malformed;
  }

  function readModel(): ModelName | Rejection {
    const state = scanner.finish();
    if (malformed !== undefined) return malformed;
    if (state.kind === 'malformed') return malformedJson(state.problem, state.offset);
    if (state.kind === 'open') return malformedJson('the body ends inside a value', total);
    return modelOf(scanner.fields, chunks);
  }

  function rewritten(target: TargetName | undefined): readonly Uint8Array[] {
    if (target === undefined) return chunks;
    return spliceChunks(chunks, scanner.fields, encodeJsonString(target));
  }

  function release(): void {
    if (reserved > 0) limits.budget.release(reserved);
    reserved = 0;
    chunks = [];
  }

  return { add, byteLength: () => total, complete: () => complete, readModel, rewritten, release };
}

/** The rejection of a body, or of a `content-length`, above the limit. */
export function bodyTooLarge(maxBodyBytes: number): Rejection {
  return reject('body_too_large', `the request body is larger than ${maxBodyBytes} bytes (--max-body-bytes)`);
}

function malformedJson(problem: string, offset: number): Rejection {
  return reject('malformed_json', `the request body is not valid JSON: ${problem} at byte ${offset}`);
}

/**
 * JSON lets a key repeat, and parsers differ in which one they take; so all values have to agree, or what
 * was routed could differ from what the pod serves.
 */
function modelOf(fields: readonly FoundField[], chunks: readonly Uint8Array[]): ModelName | Rejection {
  let found: string | undefined;
  for (const field of fields) {
    const text = modelText(field, chunks);
    if (text === undefined) return reject('model_not_string', '`model` must be a string');
    if (found !== undefined && text !== found) {
      return reject('model_conflict', '`model` is given more than once with different values');
    }
    found = text;
  }
  if (found === undefined) return reject('model_missing', 'the request body has no `model`');
  return modelName(found);
}

function modelText(field: FoundField, chunks: readonly Uint8Array[]): string | undefined {
  return field.valueKind === 'string'
    ? decodeJsonString(sliceRange(chunks, field.start, field.end))
    : undefined;
}
