/** What a family of series is, above its samples. */
export interface FamilyHead {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
}

/** A family in text format 0.0.4; each line is a sample, without its end. */
export function familyText({ name, type, help }: FamilyHead, lines: readonly string[]): string {
  return `${[`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n')}\n`;
}

/** Labels as they stand between braces: `a="b",c="d"`. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

/** One sample of a series. */
export function sample(name: string, labels: string, value: number): string {
  return `${name}{${labels}} ${value}`;
}

/** The samples of one histogram: its buckets, each with all below it, its sum and its count. */
export function histogramLines(name: string, labels: string, { bounds, counts, sum }: Buckets): string[] {
  const comma = labels === '' ? '' : ',';
  let count = 0;
  const buckets = bounds.map((bound, index) => {
    count += counts[index] ?? 0;
    return `${name}_bucket{${labels}${comma}le="${bound}"} ${count}`;
  });
  count += counts[bounds.length] ?? 0;
  const total = `${name}_bucket{${labels}${comma}le="+Inf"} ${count}`;
  return [...buckets, total, sample(`${name}_sum`, labels, sum()), sample(`${name}_count`, labels, count)];
}

/** The figures of a histogram: how many values are at most each bound and above the one before. */
export interface Buckets {
  readonly bounds: readonly number[];
  /** One more than bounds: the last is for values above all of them. */
  readonly counts: ArrayLike<number>;
  readonly sum: () => number;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
