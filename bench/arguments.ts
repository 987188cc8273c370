const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1024],
  ['M', 1024 * 1024],
]);
const LEAST_BYTES = 64;
const MOST_BYTES = 8 * 1024 * 1024;

/** The options that every benchmark takes, as `parseArgs` takes them. */
export const COMMON_OPTIONS = {
  quick: { type: 'boolean', default: false },
  readme: { type: 'boolean', default: false },
  out: { type: 'string', default: '.cache/bench' },
} as const;

/** The options of a benchmark, or what is wrong with its arguments. */
export type Parsed<Options> =
  | { readonly kind: 'ok'; readonly options: Options }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads options; what `read` throws is what is wrong with them. */
export function parsed<Options>(read: () => Options): Parsed<Options> {
  try {
    return { kind: 'ok', options: read() };
  } catch (error) {
    return { kind: 'invalid', problem: error instanceof Error ? error.message : String(error) };
  }
}

/** How a benchmark is called: it resolves with the exit status. */
export type Command = (args: readonly string[], signal: AbortSignal) => Promise<number>;

/** Creates a command from what it does with its options; arguments that are wrong end it with `usage` and status 2. */
export function createCommand<Options>(
  read: (args: readonly string[]) => Parsed<Options>,
  usage: string,
  run: (options: Options, signal: AbortSignal) => Promise<number>,
): Command {
  return async (args, signal) => {
    const given = read(args);
    if (given.kind === 'ok') return run(given.options, signal);
    console.error(`${given.problem}\n${usage}`);
    return 2;
  };
}

/** A whole number within bounds; throws with the flag if it is none. */
export function countOf(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || count > most) {
    throw new Error(`${flag}: ${text} is no number from ${least} to ${most}`);
  }
  return count;
}

/** Names from a list, in the list's own order; all of them unless given. */
export function listOf<Name extends string>(
  flag: string,
  given: string | undefined,
  all: readonly Name[],
): readonly Name[] {
  if (given === undefined) return all;
  const names = given.split(',');
  const unknown = names.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`${flag}: no ${unknown}; there are ${all.join(', ')}`);
  return all.filter((name) => names.includes(name));
}

/** Sizes of bodies from a list such as `1K,16K`. */
export function sizesOf(flag: string, text: string): readonly number[] {
  return text.split(',').map((each) => sizeOf(flag, each));
}

function sizeOf(flag: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([KM]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS.get(unit) ?? 1);
  if (digits === '' || bytes < LEAST_BYTES || bytes > MOST_BYTES) {
    throw new Error(`${flag}: ${text} is no size from ${LEAST_BYTES} to 8M`);
  }
  return bytes;
}
