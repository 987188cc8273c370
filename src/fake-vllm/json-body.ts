import type { Problem } from './problem.ts';
import { invalidFields, malformedJson, NOT_JSON } from './problem.ts';

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
  const text = body.toString();
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch (error) {
    const offset = /position (\d+)/.exec(`${error}`)?.[1];
    return { kind: 'problem', problem: malformedJson(Number(offset ?? text.length)) };
  }
}

/** The model that a body names; `-` if none can be read. */
export function modelIn(body: JsonBody): string {
  const value = body.kind === 'json' ? body.value : undefined;
  const named = typeof value === 'object' && value !== null && 'model' in value;
  return named && typeof value.model === 'string' ? value.model : '-';
}
