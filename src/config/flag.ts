import type { Parse } from './values.ts';

/** One flag of `serin serve`: its name, its reader and its default. */
export interface Flag<T> {
  /** Without dashes; the environment variable is `SERIN_` and this in upper case with underscores. */
  readonly name: string;
  readonly help: string;
  /** What stands for the value in the help; empty for booleans, which may do without one. */
  readonly placeholder: string;
  readonly parse: Parse<T>;
  readonly fallback: T;
  /** How the default is shown; empty shows none. */
  readonly shown: string;
}

/** What a flag is made of besides its name and reader. */
export interface FlagText {
  readonly help: string;
  readonly placeholder: string;
}

/** A flag with a default, which is written as a user would write it. */
export function flag<T>(
  name: string,
  parse: Parse<T>,
  text: FlagText & { readonly fallback: string },
): Flag<T> {
  const parsed = parse(text.fallback);
  if (parsed.kind === 'bad') throw new Error(`the default of --${name} is invalid: ${parsed.problem}`);
  return { ...text, name, parse, fallback: parsed.value, shown: text.fallback };
}

/** A flag that may be left out. */
export function optional<T>(name: string, parse: Parse<T>, text: FlagText): Flag<T | undefined> {
  return { ...text, name, parse, fallback: undefined, shown: '' };
}

/** A flag that may be given several times, also with several values and commas between them. */
export function repeatable<T>(name: string, parse: Parse<T>, text: FlagText): Flag<readonly T[]> {
  const parseOne: Parse<readonly T[]> = (given) => {
    const values: T[] = [];
    for (const each of given.split(',')) {
      const parsed = parse(each.trim());
      if (parsed.kind === 'bad') return parsed;
      values.push(parsed.value);
    }
    return { kind: 'ok', value: values };
  };
  return { ...text, name, parse: parseOne, fallback: [], shown: '' };
}

/** The environment variable of a flag. */
export function variableOf(name: string): string {
  return `SERIN_${name.toUpperCase().replaceAll('-', '_')}`;
}
