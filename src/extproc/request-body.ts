import type { ScanState } from '../core/json-scan.ts';
import { createJsonScanner } from '../core/json-scan.ts';
import { wantedKeys } from '../core/json-scan-keys.ts';
import { encodeJsonString, shifted, spliceChunks } from '../core/mutation.ts';
import type { ModelName, TargetName } from '../core/names.ts';
import type { PromptPrefix } from '../core/prompt-prefix.ts';
import type { Rejection } from '../core/rejection.ts';
import { reject } from '../core/rejection.ts';
import type { BufferBudget } from './held-bytes.ts';
import { createHeldBytes } from './held-bytes.ts';
import { createModelFields } from './model-fields.ts';
import { hashPrompt, WANTED_PROMPT_BYTES } from './prompt-hashes.ts';

/** Limits of one request body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly budget: BufferBudget;
  /** Whether picks want to know how prompts begin; not unless told. */
  readonly readsPrompts?: boolean;
}

/** A request body that is read on its way; what cannot go on yet is held. */
export interface RequestBody {
  /** Takes one chunk; returns why the request has to be refused, if it has. */
  readonly add: (bytes: Uint8Array) => Rejection | undefined;
  /** Tells that the last chunk has to wait for more. */
  readonly wait: () => void;
  readonly byteLength: () => number;
  /** True once the top-level JSON value has closed. */
  readonly complete: () => boolean;
  /** The model as far as the body is read; it can still turn out to be given twice. */
  readonly model: () => ModelName | undefined;
  /** How the prompt begins, of a body that is still held; undefined if it has none so far. */
  readonly prompt: () => PromptPrefix | undefined;
  /** True once as much of the prompt is read as picks want to know, or the body is too long to wait for it. */
  readonly promptRead: () => boolean;
  /** Checks the whole after the last chunk: an empty body has no model, and nothing wrong with it. */
  readonly finish: () => Rejection | undefined;
  /**
   * What may go on, with every top-level `model` value replaced unless `target` is undefined. A value that
   * is not whole yet stays; from here on nothing else is held.
   */
  readonly take: (target: TargetName | undefined) => readonly Uint8Array[];
  /** Gives the memory back; safe to call again. */
  readonly release: () => void;
}

const KEYS = wantedKeys(['model']);
/** Of completions and of chats. */
const KEYS_AND_PROMPT = wantedKeys(['model'], ['prompt', 'messages']);
/** So much of a body is read for a prompt that may come in it. */
const MOST_HELD_FOR_PROMPT = 65_536;

/** Starts to read a request body of at most `maxBodyBytes`. */
export function createRequestBody({ maxBodyBytes, budget, readsPrompts = false }: BodyLimits): RequestBody {
  const scanner = createJsonScanner(readsPrompts ? KEYS_AND_PROMPT : KEYS);
  const held = createHeldBytes(budget);
  const fields = createModelFields(scanner.fields, held.read);
  let passing = false;
  let spliced = 0;
  let state: ScanState = { kind: 'open' };

  /** Up to here everything may go on: all of it once the scanner reads no further. */
  function heldFrom(): number {
    if (state.kind === 'malformed' || held.total() > maxBodyBytes) return held.total();
    return scanner.openFrom() ?? held.total();
  }

  function add(bytes: Uint8Array): Rejection | undefined {
    held.push(bytes);
    if (held.total() > maxBodyBytes) return bodyTooLarge(maxBodyBytes);
    state = scanner.push(bytes);
    const fault = malformed(state) ?? fields.check();
    if (fault !== undefined) return fault;
    return held.pay(passing ? heldFrom() : 0) ? undefined : bufferFull();
  }

  function take(target: TargetName | undefined): readonly Uint8Array[] {
    const { chunks, base } = held.takeTo(heldFrom());
    const edits = spliced === 0 ? scanner.fields : scanner.fields.slice(spliced);
    spliced = scanner.fields.length;
    passing = true;
    if (target === undefined || edits.length === 0) return chunks;
    return spliceChunks(chunks, shifted(edits, base), encodeJsonString(target));
  }

  function prompt(): PromptPrefix | undefined {
    const mark = scanner.mark();
    if (mark === undefined) return undefined;
    const most = mark.start + WANTED_PROMPT_BYTES;
    return hashPrompt(held.read(mark.start, Math.min(mark.end ?? held.total(), most)));
  }

  function promptRead(): boolean {
    if (!readsPrompts || held.total() >= MOST_HELD_FOR_PROMPT) return true;
    const mark = scanner.mark();
    if (mark === undefined) return false;
    return mark.end !== undefined || held.total() - mark.start >= WANTED_PROMPT_BYTES;
  }

  return {
    add,
    wait: held.wait,
    byteLength: held.total,
    complete: () => state.kind === 'complete',
    model: fields.model,
    prompt,
    promptRead,
    finish: () => {
      if (held.total() === 0) return undefined;
      state = scanner.finish();
      return malformed(state) ?? (fields.model() === undefined ? MODEL_MISSING : undefined);
    },
    take,
    release: held.release,
  };
}

const MODEL_MISSING = reject('model_missing', 'the request body has no `model`');

/** The rejection of a body, or of a `content-length`, above the limit. */
export function bodyTooLarge(maxBodyBytes: number): Rejection {
  return reject('body_too_large', `the request body is larger than ${maxBodyBytes} bytes (--max-body-bytes)`);
}

/** The rejection of what no memory is left for. */
export function bufferFull(): Rejection {
  return reject('buffer_full', 'too many request bodies are being held; try again');
}

function malformed(state: ScanState): Rejection | undefined {
  if (state.kind !== 'malformed') return undefined;
  const { problem, offset } = state;
  return reject('malformed_json', `the request body is not valid JSON: ${problem} at byte ${offset}`);
}
