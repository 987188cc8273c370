/** Labels of a series, by name. */
export interface Labels {
  readonly [name: string]: string;
}

/** One series, or one histogram's. */
export interface Series {
  /** Adds to a counter, sets a gauge, or observes a value `times` times. */
  readonly record: (value: number, times?: number) => void;
  /** Its samples, each with the line's end. */
  readonly text: () => string;
}

/** Creates a counter; `name` is without `_total`. */
export function createCounter(name: string, labels: Labels): Series {
  const head = `${name}_total${braces(labels)} `;
  let total = 0;
  return {
    record: (value, times = 1) => {
      total += value * times;
    },
    text: () => `${head}${formatNumber(total)}\n`,
  };
}

/** Creates a gauge that is 0. */
export function createGauge(name: string, labels: Labels): Series {
  const head = `${name}${braces(labels)} `;
  let last = 0;
  return {
    record: (value) => {
      last = value;
    },
    text: () => `${head}${formatNumber(last)}\n`,
  };
}

/** Creates a histogram over ascending bounds. */
export function createHistogram(name: string, labels: Labels, bounds: readonly number[]): Series {
  const uppers = [...bounds, Number.POSITIVE_INFINITY];
  const heads = uppers.map((le) => `${name}_bucket${braces({ ...labels, le: formatNumber(le) })} `);
  const counts = uppers.map(() => 0);
  let sum = 0;

  function buckets(): { readonly lines: string; readonly count: number } {
    let count = 0;
    let lines = '';
    for (const [position, head] of heads.entries()) {
      count += counts[position] ?? 0;
      lines += `${head}${formatNumber(count)}\n`;
    }
    return { lines, count };
  }

  return {
    record: (value, times = 1) => {
      const position = uppers.findIndex((upper) => value <= upper);
      counts[position] = (counts[position] ?? 0) + times;
      sum += value * times;
    },
    text: () => {
      const { lines, count } = buckets();
      const rest = `_count${braces(labels)} ${formatNumber(count)}\n${name}_sum${braces(labels)} `;
      return `${lines}${name}${rest}${formatNumber(sum)}\n`;
    },
  };
}

/** The two comment lines above a family. */
export function headerOf(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** Labels in braces, in the order of their names, as vLLM's own library writes them. */
export function braces(labels: Labels): string {
  const pairs = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${pairs.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** A number as vLLM's own library writes it: always with a point, and with an exponent from 1e6 on. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  const text = Number.isInteger(value) ? `${value}.0` : `${value}`;
  const point = text.indexOf('.');
  if (value <= 0 || point <= 6) return text;
  const digits = `${text.slice(1, point)}${text.slice(point + 1)}`.replace(/0+$/, '');
  return `${text[0]}${digits === '' ? '' : `.${digits}`}e+${String(point - 1).padStart(2, '0')}`;
}
