/** One flag as given: its name without dashes, and its value if it has one. */
export interface GivenFlag {
  readonly name: string;
  readonly value: string | undefined;
}

/** What kind of flag a name is, which decides whether the next word is its value. */
export type FlagKind = 'value' | 'boolean' | 'legacy' | 'unknown';

/** Flags in their order, and words that belong to none. */
export interface SplitArgv {
  readonly flags: readonly GivenFlag[];
  readonly stray: readonly string[];
}

/**
 * Splits arguments as Go does: `--flag value`, `--flag=value`, booleans with or without a value, one dash
 * or two. The camelCase names of older pickers (`-grpcPort`) are read as kebab-case.
 */
export function splitArgv(argv: readonly string[], kindOf: (name: string) => FlagKind): SplitArgv {
  const flags: GivenFlag[] = [];
  const stray: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!isFlag(word)) stray.push(word);
    else if (word.includes('=')) flags.push(withEquals(word));
    else {
      const name = kebab(word);
      flags.push({ name, value: takesNext(kindOf(name), words[0]) ? words.shift() : undefined });
    }
  }
  return { flags, stray };
}

function withEquals(word: string): GivenFlag {
  const equals = word.indexOf('=');
  return { name: kebab(word.slice(0, equals)), value: word.slice(equals + 1) };
}

function isFlag(word: string): boolean {
  return /^--?[a-zA-Z]/.test(word);
}

function kebab(word: string): string {
  return word.replace(/^--?/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `--flag false` is a boolean with a value, `--flag --other` is one without. */
function takesNext(kind: FlagKind, next: string | undefined): boolean {
  if (next === undefined) return false;
  switch (kind) {
    case 'value':
      return true;
    case 'boolean':
      return /^(true|false|t|f|0|1)$/i.test(next);
    case 'legacy':
    case 'unknown':
      return !isFlag(next);
  }
}
