import { parseIp } from './address.ts';
import type { PoolKey } from './names.ts';
import type { HostTable } from './snapshot.ts';

/** Builds the table of all routed hosts; `routes` have no port, `*.x` and `*` are wildcards. */
export function buildHosts(routes: ReadonlyMap<string, PoolKey>): HostTable {
  const exact = new Map<string, PoolKey>();
  const suffixes: { readonly suffix: string; readonly pool: PoolKey }[] = [];
  for (const [host, pool] of routes) {
    if (host.startsWith('*.')) suffixes.push({ suffix: host.slice(1).toLowerCase(), pool });
    else if (host !== '*') exact.set(hostOf(host), pool);
  }
  suffixes.sort((a, b) => b.suffix.length - a.suffix.length);
  return { exact, suffixes, any: routes.get('*'), empty: routes.size === 0 };
}

/** Finds the pool of an `:authority`: exact before the longest `*.x` before `*`, without port and case. */
export function lookupHost(hosts: HostTable, authority: string): PoolKey | undefined {
  const host = hostOf(authority);
  const exact = hosts.exact.get(host);
  if (exact !== undefined) return exact;
  // A wildcard stands for at least one label, so the bare domain is none of its hosts.
  const wild = hosts.suffixes.find(({ suffix }) => host.length > suffix.length && host.endsWith(suffix));
  return wild?.pool ?? hosts.any;
}

/** The host of an `:authority` as it is compared: lower case, without port and without the root's dot. */
function hostOf(authority: string): string {
  if (authority.startsWith('[')) return literalOf(authority.slice(0, authority.indexOf(']') + 1));
  const colon = authority.indexOf(':');
  const host = colon < 0 ? authority : authority.slice(0, colon);
  return (host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase();
}

/** An IPv6 literal has many spellings; one is compared. */
function literalOf(bracketed: string): string {
  return `[${parseIp(bracketed) ?? ''}]`;
}
