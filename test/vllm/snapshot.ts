import * as z from 'zod';

const endpoint = z.object({
  address: z.string(),
  models: z.union([z.literal('unknown'), z.array(z.string())]),
});
const page = z.object({ pools: z.array(z.object({ endpoints: z.array(endpoint) })) });

/** What Serin knows of an endpoint, from its page `/debug/snapshot`. */
export function endpointOn(text: string, address: string): z.infer<typeof endpoint> {
  const { pools } = page.parse(JSON.parse(text));
  const found = pools.flatMap(({ endpoints }) => endpoints).find((each) => each.address === address);
  if (found === undefined) throw new Error(`Serin does not know ${address}`);
  return found;
}
