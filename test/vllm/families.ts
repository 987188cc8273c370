/** The families of a metrics page by name; each has a type and its series. */
export type Families = ReadonlyMap<string, Family>;

/** A family of a metrics page. */
export interface Family {
  readonly type: string;
  /** Names and labels of its samples as the page writes them. */
  readonly series: ReadonlySet<string>;
}

/** Families whose label values tell of a setting or a moment: only the names of their labels are compared. */
const OPEN_LABELS: ReadonlySet<string> = new Set(['vllm:cache_config_info', 'vllm:lora_requests_info']);

/** Reads what is compared of a page: every family with its type, series and label values, bounds included. */
export function familiesOf(page: string): Families {
  // A family's lines follow the one that tells its type.
  const [, ...blocks] = page.split(/^# TYPE /m);
  return new Map(blocks.map(familyIn));
}

function familyIn(block: string): readonly [name: string, family: Family] {
  const [head = '', ...lines] = block.split('\n');
  const [name = '', type = ''] = head.split(' ');
  return [name, { type, series: new Set(samplesIn(lines).flatMap((line) => seriesIn(name, line))) }];
}

function samplesIn(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

function seriesIn(family: string, line: string): readonly string[] {
  const series = line.slice(0, line.lastIndexOf(' '));
  if (!OPEN_LABELS.has(family)) return [series];
  return [...series.matchAll(/(\w+)="/g)].map(([, label]) => `a label ${label}`);
}

/** What differs between two pages, a line each; of a family that is not simulated one line. */
export function familyDifferences(real: Families, simulated: Families): readonly string[] {
  const names = [...new Set([...real.keys(), ...simulated.keys()])];
  return names.flatMap((name) => {
    const [one, other] = [real.get(name), simulated.get(name)];
    if (one === undefined || other === undefined) return [`${name}: ${one ? 'not' : 'only'} simulated`];
    const types = one.type === other.type ? [] : [`${name}: ${one.type}, simulated ${other.type}`];
    const missing = [...one.series].filter((series) => !other.series.has(series));
    const additional = [...other.series].filter((series) => !one.series.has(series));
    return [
      ...types,
      ...missing.map((series) => `${name}: ${series} not simulated`),
      ...additional.map((series) => `${name}: ${series} only simulated`),
    ];
  });
}

/** The value of each sample on a page. */
export function samplesOf(page: string): ReadonlyMap<string, number> {
  const lines = samplesIn(page.split('\n'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}
