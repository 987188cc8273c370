import type { Registry } from 'prom-client';

/** The series of one metric as the page shows them, without the name: `{a="b"} 1`. */
export async function seriesOf(registry: Registry, name: string): Promise<readonly string[]> {
  const lines = (await registry.getSingleMetricAsString(name)).split('\n');
  return lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));
}
