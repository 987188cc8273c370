import type { PoolKey } from './names.ts';
import type { PoolObject } from './policy.ts';

/**
 * The pools by the Service that each names as its endpoint picker, `namespace/name`. A Service that several pools
 * name is in it as `undefined`: it does not tell them apart.
 */
export type PickerTable = ReadonlyMap<string, PoolKey | undefined>;

/** Builds the table of all pools that name a Service. */
export function buildPickers(pools: Iterable<PoolObject>): PickerTable {
  const table = new Map<string, PoolKey | undefined>();
  for (const { key, meta, picker } of pools) {
    if (picker === undefined) continue;
    const name = `${meta.namespace}/${picker}`;
    table.set(name, table.has(name) ? undefined : key);
  }
  return table;
}

/**
 * Finds the pool whose Service an `:authority` names: `name.namespace` or `name.namespace.svc…`, with or without
 * a port, also inside the name of an Istio cluster (`outbound|9002||name.namespace.svc…`). A name alone is none
 * of a Service: it is what anybody may call a cluster of Envoy.
 */
export function lookupPicker(pickers: PickerTable, authority: string): PoolKey | undefined {
  if (pickers.size === 0) return undefined;
  const host = authority.slice(authority.lastIndexOf('|') + 1).toLowerCase();
  const [name, namespace] = host.replace(/:\d+$/, '').split('.', 2);
  return namespace === undefined ? undefined : pickers.get(`${namespace}/${name}`);
}
