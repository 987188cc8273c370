/** The structure of a JSON value: types in place of most values, keys in order of the alphabet. */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

/** Fields whose values clients act on; they are compared, not only their types. */
const TELLING: ReadonlySet<string> = new Set([
  'code',
  'completion_tokens',
  'detail',
  'error',
  'finish_reason',
  'model',
  'object',
  'owned_by',
  'param',
  'parent',
  'role',
  'stop_reason',
  'type',
]);

/** Takes the structure of a JSON value; of an array the different structures of its items. */
export function shapeOf(value: unknown, key = ''): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((item) => [JSON.stringify(shapeOf(item)), shapeOf(item)]));
    return [...shapes.values()];
  }
  if (typeof value !== 'object') return TELLING.has(key) || value === DONE ? `${value}` : typeof value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, shapeOf(item, name)]));
}

/** The paths at which two structures differ, as in `name › body › usage`. */
export function differencesOf(one: unknown, other: unknown, path = ''): readonly string[] {
  if (JSON.stringify(one) === JSON.stringify(other)) return [];
  if (!isRecord(one) || !isRecord(other)) return [path];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    differencesOf(one[key], other[key], path === '' ? key : `${path} › ${key}`),
  );
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

/** A family of a metrics page. */
export interface FamilyShape {
  readonly type: string;
  /** The values that each label has; `*` for those that tell a state of the moment. */
  readonly labels: { readonly [name: string]: readonly string[] };
}

/** Labels that carry what the server is doing just then, or what it is called. */
const CHANGING: ReadonlySet<string> = new Set(['running_lora_adapters', 'waiting_lora_adapters']);

/** The `vllm:` families of a metrics page; `_created` series are gauges that no reader wants. */
export function familiesOf(page: string): { readonly [name: string]: FamilyShape } {
  const types = [...page.matchAll(/^# TYPE (vllm:\S+) (\S+)$/gm)];
  const wanted = types.filter(([, name = '']) => !name.endsWith('_created'));
  return Object.fromEntries(
    wanted.map(([, name = '', type = '']) => [name, { type, labels: labelsOf(page, name) }]),
  );
}

function labelsOf(page: string, family: string): FamilyShape['labels'] {
  const values = new Map<string, Set<string>>();
  for (const [, text = ''] of page.matchAll(new RegExp(`^${family}(?:_bucket)?\\{(.*)\\} `, 'gm'))) {
    for (const [, label = '', value = ''] of text.matchAll(/(\w+)="([^"]*)"/g)) {
      const seen = values.get(label) ?? new Set<string>();
      values.set(label, seen.add(CHANGING.has(label) ? '*' : value));
    }
  }
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([label, seen]) => [label, [...seen]]));
}

const DONE = '[DONE]';

/** The events of an SSE text: parsed, or the word `[DONE]`. */
export function eventsOf(text: string): readonly unknown[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length))
    .map((data): unknown => (data === DONE ? data : JSON.parse(data)));
}
