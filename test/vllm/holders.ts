import * as z from 'zod';
import type { Serin } from '../e2e/serin.ts';

const snapshotPage = z.object({
  pools: z.array(
    z.object({
      endpoints: z.array(
        z.object({ address: z.string(), models: z.union([z.literal('unknown'), z.array(z.string())]) }),
      ),
    }),
  ),
});

/** The addresses of the servers that, as Serin knows, serve a model. */
export async function holdersOf(serin: Serin, model: string): Promise<readonly string[]> {
  const { pools } = snapshotPage.parse(JSON.parse(await serin.page('/debug/snapshot')));
  const endpoints = pools.flatMap((pool) => pool.endpoints);
  return endpoints.filter(({ models }) => models.includes(model)).map(({ address }) => address);
}
