/** The structure of a JSON value: types in place of values, keys in order of the alphabet. */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

/** Takes the structure of a JSON value; of an array the different structures of its items. */
export function shapeOf(value: unknown): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((item) => [JSON.stringify(shapeOf(item)), shapeOf(item)]));
    return [...shapes.values()];
  }
  if (typeof value !== 'object') return typeof value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, shapeOf(item)]));
}

/** A family of a metrics page: its type and the names of its labels. */
export interface FamilyShape {
  readonly type: string;
  readonly labels: readonly string[];
}

/** The `vllm:` families of a metrics page; `_created` series are gauges that no reader wants. */
export function familiesOf(page: string): ReadonlyMap<string, FamilyShape> {
  const families = new Map<string, FamilyShape>();
  for (const [, name = '', type = ''] of page.matchAll(/^# TYPE (vllm:\S+) (\S+)$/gm)) {
    if (name.endsWith('_created')) continue;
    const series = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'm').exec(page);
    const labels = [...(series?.[1] ?? '').matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    families.set(name, { type, labels: labels.filter((label) => label !== 'le').sort() });
  }
  return families;
}

/** The events of an SSE text: parsed, or the word `[DONE]`. */
export function eventsOf(text: string): readonly unknown[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length))
    .map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));
}
