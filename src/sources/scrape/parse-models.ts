import * as z from 'zod';
import type { ModelKind } from '../../core/load-view.ts';

const page = z.object({
  data: z.array(z.object({ id: z.string(), parent: z.string().nullish() })),
});

/** Reads `/v1/models`: the names a pod serves, adapters having a parent; undefined if it is not that page. */
export function parseModels(body: Buffer): ReadonlyMap<string, ModelKind> | undefined {
  const parsed = page.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  return new Map(parsed.data.data.map(({ id, parent }) => [id, parent ? 'adapter' : 'base']));
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
