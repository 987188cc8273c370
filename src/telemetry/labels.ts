/** A metric with labels, as prom-client has it. */
interface Labelled<Child> {
  readonly labels: (...values: string[]) => Child;
}

/**
 * Keeps the children of a labelled metric: looking one up by a joined key costs a fraction of what
 * `labels()` does, and this is on the request path.
 */
export function createLabelCache<Child>(metric: Labelled<Child>): (...values: string[]) => Child {
  const children = new Map<string, Child>();
  return (...values) => {
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\u0000');
    const known = children.get(key);
    if (known !== undefined) return known;
    const child = metric.labels(...values);
    children.set(key, child);
    return child;
  };
}

/** Lets the first `limit` different names through; every later one becomes `other`. */
export function createNameCap(limit: number): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= limit) return 'other';
    names.add(name);
    return name;
  };
}
