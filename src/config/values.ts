/** A flag's text read, or what is wrong with it. */
export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'bad'; readonly problem: string };

/** Reads the text of one flag. */
export type Parse<T> = (text: string) => Parsed<T>;

function ok<T>(value: T): Parsed<T> {
  return { kind: 'ok', value };
}

function bad<T>(problem: string): Parsed<T> {
  return { kind: 'bad', problem };
}

/** Any text but the empty one. */
export const parseText: Parse<string> = (text) => (text === '' ? bad('a value is missing') : ok(text));

/** Go's spellings of a boolean. */
export const parseBoolean: Parse<boolean> = (text) => {
  if (/^(true|t|1)$/i.test(text)) return ok(true);
  return /^(false|f|0)$/i.test(text) ? ok(false) : bad('true or false expected');
};

/** A number within bounds, both included. */
export function parseNumber(min: number, max: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    const inBounds = text.trim() !== '' && value >= min && value <= max;
    return inBounds ? ok(value) : bad(`a number from ${min} to ${max} expected`);
  };
}

/** A whole number within bounds, both included. */
export function parseInteger(min: number, max: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    const fits = /^\d+$/.test(text) && value >= min && value <= max;
    return fits ? ok(value) : bad(`a whole number from ${min} to ${max} expected`);
  };
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** A duration as Go writes it (`50ms`, `1m30s`), in milliseconds, of at least `minMs`. */
export function parseDuration(minMs: number): Parse<number> {
  return (text) => {
    if (text === '0' && minMs === 0) return ok(0);
    if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return bad('a duration such as 50ms, 2s or 1m30s expected');
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
    const ms = parts.reduce(
      (total, [, count, unit]) => total + Number(count) * (UNIT_MS.get(unit ?? '') ?? 0),
      0,
    );
    return ms >= minMs ? ok(ms) : bad(`at least ${minMs}ms expected`);
  };
}

const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
]);

/** A size in bytes, plain or with KiB, MiB or GiB. */
export const parseBytes: Parse<number> = (text) => {
  const [, count, unit] = /^(\d+)(KiB|MiB|GiB|)$/.exec(text) ?? [];
  const bytes = Number(count) * (UNIT_BYTES.get(unit ?? '') ?? 0);
  return bytes >= 1 && bytes <= 2 ** 40 ? ok(bytes) : bad('a size in bytes, or such as 10MiB, expected');
};

/** One of some words. */
export function parseChoice<const T extends string>(choices: readonly T[]): Parse<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    return found === undefined ? bad(`${choices.join(' or ')} expected`) : ok(found);
  };
}
