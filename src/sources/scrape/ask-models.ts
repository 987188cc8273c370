import type { HttpGet } from './http-get.ts';
import { parseModels } from './parse-models.ts';

/** What a pod serves, or why that is not known. */
export type AskedModels =
  | { readonly kind: 'served'; readonly names: ReadonlySet<string> }
  | { readonly kind: 'unknown'; readonly reason: string };

/** How a pod is asked. */
export interface AskModelsOptions {
  readonly get: HttpGet;
  readonly apiKey: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Asks a pod once for the names that it serves. */
export async function askModels(address: string, options: AskModelsOptions): Promise<AskedModels> {
  const { get, apiKey, timeoutMs, signal } = options;
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const result = await get({ address, path: '/v1/models', headers, timeoutMs, signal });
  if (result.kind === 'refused') return { kind: 'unknown', reason: 'refused' };
  if (result.kind === 'failed') return { kind: 'unknown', reason: result.reason };
  if (result.status !== 200) return { kind: 'unknown', reason: `status ${result.status}` };
  const models = parseModels(result.body);
  if (models === undefined) return { kind: 'unknown', reason: 'unreadable' };
  return { kind: 'served', names: new Set(models.keys()) };
}
