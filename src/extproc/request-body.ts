import type { ScanState } from '../core/json-scan.ts';
import { createJsonScanner } from '../core/json-scan.ts';
import { wantedKeys } from '../core/json-scan-keys.ts';
import { encodeJsonString, shifted, spliceChunks } from '../core/mutation.ts';
import type { ModelName, TargetName } from '../core/names.ts';
import type { Rejection } from '../core/rejection.ts';
import { reject } from '../core/rejection.ts';
import type { BufferBudget } from './held-bytes.ts';
import { createHeldBytes } from './held-bytes.ts';
import { createModelFields } from './model-fields.ts';

/** Limits of one request body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly budget: BufferBudget;
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

/** Starts to read a request body of at most `maxBodyBytes`. */
export function createRequestBody({ maxBodyBytes, budget }: BodyLimits): RequestBody {
  const scanner = createJsonScanner(KEYS);
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
    if (!held.pay(passing ? heldFrom() : 0)) {
      return bufferFull();
    }
    return malformed(state) ?? fields.check();
  }

  function take(target: TargetName | undefined): readonly Uint8Array[] {
    const { chunks, base } = held.takeTo(heldFrom());
    const edits = spliced === 0 ? scanner.fields : scanner.fields.slice(spliced);
    spliced = scanner.fields.length;
    passing = true;
    if (target === undefined || edits.length === 0) return chunks;
    return spliceChunks(chunks, shifted(edits, base), encodeJsonString(target));
  }

  return {
    add,
    wait: held.wait,
    byteLength: held.total,
    complete: () => state.kind === 'complete',
    model: fields.model,
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
