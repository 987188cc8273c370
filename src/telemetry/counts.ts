import { Counter, type Registry } from 'prom-client';

/** What a counter is called, and its labels: two at most. */
export interface CountsHead {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly [string] | readonly [string, string];
}

/** One series of a counter. */
export interface Count {
  value: number;
}

/** The series of a labelled counter, by their values. */
export interface Counts {
  readonly of: (value: string, other?: string) => Count;
  /** Drops a series from the metrics page. */
  readonly remove: (value: string, other?: string) => void;
}

/**
 * Registers a labelled counter that is kept as plain numbers and told to prom-client when somebody reads it:
 * prom-client makes a text of all labels for each increment, and this is on the request path.
 */
export function createCounts(registry: Registry, { name, help, labelNames }: CountsHead): Counts {
  const series = new Map<string, Map<string, Count>>();
  const [first, second] = labelNames;
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, counts] of series) {
        for (const [other, count] of counts) {
          this.inc(
            second === undefined ? { [first]: value } : { [first]: value, [second]: other },
            count.value,
          );
        }
      }
    },
  });

  function create(value: string, other: string): Count {
    const created = { value: 0 };
    series.set(value, (series.get(value) ?? new Map<string, Count>()).set(other, created));
    return created;
  }

  return {
    of: (value, other = '') => series.get(value)?.get(other) ?? create(value, other),
    remove: (value, other = '') => {
      const counts = series.get(value);
      counts?.delete(other);
      if (counts?.size === 0) series.delete(value);
    },
  };
}
