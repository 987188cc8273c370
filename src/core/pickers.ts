import type { PoolKey } from './names.ts';
import type { PoolObject } from './policy.ts';

/**
 * The pools by the Service that each names as its endpoint picker: `namespace/name`, and `name` alone. A
 * Service that several pools name is in it as `undefined`: it does not tell them apart.
 */
export type PickerTable = ReadonlyMap<string, PoolKey | undefined>;

/** Builds the table of all pools that name a Service. */
export function buildPickers(pools: Iterable<PoolObject>): PickerTable {
  const table = new Map<string, PoolKey | undefined>();
  for (const { key, meta, picker } of pools) {
    if (picker === undefined) continue;
    for (const name of [`${meta.namespace}/${picker}`, picker]) {
      table.set(name, table.has(name) ? undefined : key);
    }
  }
  return table;
}

/**
 * Finds the pool whose Service an `:authority` names: `name.namespace.svc…`, `name.namespace`, `name`, each
 * with or without a port, also inside the name of an Istio cluster (`outbound|9002||name.namespace.svc…`).
 */
export function lookupPicker(pickers: PickerTable, authority: string): PoolKey | undefined {
  const host = authority.slice(authority.lastIndexOf('|') + 1).toLowerCase();
  const [name = '', namespace] = host.replace(/:\d+$/, '').split('.', 2);
  return pickers.get(namespace === undefined ? name : `${namespace}/${name}`);
}
