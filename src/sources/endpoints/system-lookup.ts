import { lookup } from 'node:dns/promises';

/** Finds every address of a name as the operating system does: `/etc/hosts` first, then the name servers. */
export async function systemLookup(name: string): Promise<readonly string[]> {
  const addresses = await lookup(name, { all: true });
  return addresses.map(({ address }) => address);
}
