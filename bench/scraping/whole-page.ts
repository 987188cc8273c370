import { parseLabels } from '../../src/sources/scrape/parse-labels.ts';

/** What the narrow parser is measured against: every series of the page, with its labels and value. */
export function parseWholePage(page: Buffer): ReadonlyMap<string, readonly object[]> {
  const families = new Map<string, object[]>();
  for (const line of page.toString().split('\n')) {
    const parts = /^([\w:]+)(\{.*\})?\s+(\S+)/.exec(line);
    if (parts === null) continue;
    const [, name = '', labels = '', value] = parts;
    const series = families.get(name) ?? [];
    families.set(name, series);
    series.push({ labels: parseLabels(labels), value: Number(value) });
  }
  return families;
}
