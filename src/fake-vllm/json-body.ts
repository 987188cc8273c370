import { createJsonScanner } from '../core/json-scan.ts';
import { wantedKeys } from '../core/json-scan-keys.ts';
import type { Problem } from './problem.ts';
import { invalidFields, malformedJson, NOT_JSON } from './problem.ts';

const NO_KEYS = wantedKeys([]);

/** A body that has been read as JSON, or what is wrong with it. */
export type JsonBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** Reads a body as vLLM's web framework does, which insists on the content type. */
export function readJson(contentType: string | undefined, body: Buffer): JsonBody {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') return { kind: 'problem', problem: NOT_JSON };
  if (body.length === 0) {
    return { kind: 'problem', problem: invalidFields([{ path: [], message: 'Field required' }]) };
  }
  try {
    return { kind: 'json', value: JSON.parse(body.toString()) };
  } catch {
    return { kind: 'problem', problem: malformedJson(offsetOfProblem(body)) };
  }
}

/** Where the JSON goes wrong, which `JSON.parse` does not tell in a form to rely on. */
function offsetOfProblem(body: Buffer): number {
  const scanner = createJsonScanner(NO_KEYS);
  scanner.push(body);
  const state = scanner.finish();
  return state.kind === 'malformed' ? state.offset : body.length;
}

/** The model that a body names; `-` if none can be read. */
export function modelIn(body: JsonBody): string {
  const value = body.kind === 'json' ? body.value : undefined;
  const named = typeof value === 'object' && value !== null && 'model' in value;
  return named && typeof value.model === 'string' ? value.model : '-';
}
