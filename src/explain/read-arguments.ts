import { LOCAL_ADMIN } from '../client/local-admin.ts';
import { splitArgv } from '../config/argv.ts';
import { type Config, parseConfig } from '../config/config.ts';
import type { HostPort } from '../sources/endpoints/host-port.ts';
import { splitHostPort } from '../sources/endpoints/host-port.ts';

/** What `serin explain` is asked. */
export interface Arguments {
  readonly model: string | undefined;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  /** The file with the request's body. */
  readonly body: string | undefined;
  /** The pool that the stream's metadata would name. */
  readonly pool: string | undefined;
  readonly output: 'text' | 'json';
  readonly source: Source;
}

/** Who answers: a Serin that runs, or this process by the flags of `serin serve`. */
export type Source =
  | { readonly kind: 'running'; readonly at: readonly HostPort[]; readonly tokenFile: string | undefined }
  | { readonly kind: 'offline'; readonly config: Config };

/** Arguments, or everything that is wrong with them at once. */
export type ReadArguments =
  | { readonly kind: 'ok'; readonly value: Arguments }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const OWN: ReadonlySet<string> = new Set([
  ...['model', 'header', 'body', 'pool', 'serin', 'token-file', 'output', 'o'],
]);

type Env = { readonly [name: string]: string | undefined };

/** Reads the arguments of `serin explain`; any flag of `serin serve` has this process answer by itself. */
export function readArguments(argv: readonly string[], env: Env): ReadArguments {
  const { flags, stray } = splitArgv(argv, (name) => (OWN.has(name) ? 'value' : 'unknown'));
  const valuesOf = (...names: readonly string[]) =>
    flags.flatMap(({ name, value }) => (names.includes(name) ? [value ?? ''] : []));
  const serving = flags.filter(({ name }) => !OWN.has(name));
  const words = serving.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name}=${value}`));
  const asked = { serin: valuesOf('serin').at(-1), tokenFile: valuesOf('token-file').at(-1) };
  const source = readSource([...words, ...stray], asked, env);
  const headers = valuesOf('header').map(readHeader);
  const output = valuesOf('output', 'o').at(-1) ?? 'text';
  const [model, body] = [valuesOf('model').at(-1), valuesOf('body').at(-1)];
  const problems = [
    ...source.problems,
    ...headers.flatMap((each) => (typeof each === 'string' ? [each] : [])),
    ...(output === 'text' || output === 'json' ? [] : [`--output=${output}: text or json expected`]),
    ...(model || body ? [] : ['what is to be explained? give --model or --body']),
  ];
  if (problems.length > 0 || source.value === undefined) return { kind: 'invalid', problems };
  return {
    kind: 'ok',
    value: {
      ...{ model, body, pool: valuesOf('pool').at(-1), output: output === 'json' ? 'json' : 'text' },
      headers: headers.flatMap((each) => (typeof each === 'string' ? [] : [each])),
      source: source.value,
    },
  };
}

/** `name: value`; a string says what is wrong with it. */
function readHeader(text: string): readonly [string, string] | string {
  const [, name, value] = /^(:?[\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) return `--header=${text}: name:value expected`;
  const lower = name.toLowerCase();
  return [lower === 'host' ? ':authority' : lower, value];
}

interface ReadSource {
  readonly value: Source | undefined;
  readonly problems: readonly string[];
}

function readSource(
  serving: readonly string[],
  { serin, tokenFile }: { readonly serin: string | undefined; readonly tokenFile: string | undefined },
  env: Env,
): ReadSource {
  if (serving.length > 0 && serin !== undefined) {
    return failed(
      '--serin: a running Serin answers by its own flags, so it goes without those of serin serve',
    );
  }
  if (serving.length > 0) {
    const parsed = parseConfig(serving, env);
    if (parsed.kind === 'invalid') return { value: undefined, problems: parsed.problems };
    return { value: { kind: 'offline', config: parsed.config }, problems: [] };
  }
  const given = serin === undefined ? undefined : splitHostPort(serin);
  if (serin !== undefined && given === undefined) return failed(`--serin=${serin}: host:port expected`);
  return {
    value: { kind: 'running', at: given === undefined ? LOCAL_ADMIN : [given], tokenFile },
    problems: [],
  };
}

function failed(problem: string): ReadSource {
  return { value: undefined, problems: [problem] };
}
