/** Where a pool is and what it is called, as labels, of its key `namespace/name`. */
export function poolLabels(key: string): { readonly namespace: string; readonly pool: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), pool: key.slice(slash + 1) };
}
