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

/** A host name as DNS has it, without a port; in lower case. */
export const parseHostName: Parse<string> = (text) =>
  /^[a-z\d_]([-a-z\d_.]*[a-z\d_])?$/i.test(text) ? ok(text.toLowerCase()) : bad('a host name expected');

/** A path of HTTP, a query included. */
export const parsePath: Parse<string> = (text) =>
  /^\/[!-"$-~]*$/.test(text) ? ok(text) : bad('a path such as /metrics expected');

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

/** A TCP port; 0 takes any that is free. */
export const parsePort: Parse<number> = parseInteger(0, 65_535);

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** No timer of Node's runs for longer than 24 days; nothing here needs more than one. */
const MAX_DURATION_MS = 86_400_000;

/** A duration as Go writes it (`50ms`, `1m30s`), in milliseconds: at least `minMs`, at most a day. */
export function parseDuration(minMs: number): Parse<number> {
  return (text) => {
    if (text === '0' && minMs === 0) return ok(0);
    if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return bad('a duration such as 50ms, 2s or 1m30s expected');
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
    const ms = parts.reduce(
      (total, [, count, unit]) => total + Number(count) * (UNIT_MS.get(unit ?? '') ?? 0),
      0,
    );
    const inBounds = ms >= minMs && ms <= MAX_DURATION_MS;
    return inBounds ? ok(ms) : bad(`a duration from ${minMs}ms to 24h expected`);
  };
}

/** Binary units with an `i`, decimal ones without; the B may be left out, as Kubernetes does. */
const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ...['K', 'M', 'G'].flatMap((letter, power): readonly (readonly [string, number])[] => [
    [letter, 1000 ** (power + 1)],
    [`${letter}i`, 1024 ** (power + 1)],
  ]),
]);

/** A size in bytes, plain or with a unit (`10MiB`, `25MB`, `1Gi`), within bounds, both included. */
export function parseBytes(min: number, max: number): Parse<number> {
  return (text) => {
    const [, count, unit] = /^(\d+)([KMG]i?|)B?$/.exec(text) ?? [];
    const bytes = Number(count) * (UNIT_BYTES.get(unit ?? '') ?? 0);
    if (bytes >= min && bytes <= max) return ok(bytes);
    return bad(`a size from ${min} to ${max} bytes, such as 10MiB, expected`);
  };
}

/** One of some words. */
export function parseChoice<const T extends string>(choices: readonly T[]): Parse<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    return found === undefined ? bad(`${choices.join(' or ')} expected`) : ok(found);
  };
}
