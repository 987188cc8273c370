import type { SplitArgv } from './argv.ts';
import { splitArgv } from './argv.ts';
import type { Flag } from './flag.ts';
import { variableOf } from './flag.ts';
import { FLAGS } from './flags.ts';
import { LEGACY_FLAGS } from './legacy-flags.ts';
import { nearest } from './nearest.ts';

type Flags = typeof FLAGS;

/** Every setting of `serin serve`, read and checked; times in milliseconds, sizes in bytes. */
export type Config = {
  readonly [K in keyof Flags]: Flags[K] extends Flag<infer T> ? T : never;
};

/** A config, or everything that is wrong with it at once. */
export type ParsedConfig =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

type Env = { readonly [name: string]: string | undefined };

/** Reads flags, and for those that are not given `SERIN_…` variables. */
export function parseConfig(argv: readonly string[], env: Env): ParsedConfig {
  const given = splitArgv(argv, kindOf);
  const problems = [...strayProblems(given), ...unknownProblems(given)];
  const values: { [field: string]: unknown } = {};
  for (const [field, each] of Object.entries(FLAGS)) {
    const read = readFlag(each, given, env);
    if (read.kind === 'ok') values[field] = read.value;
    else problems.push(...read.problems);
  }
  // The one place where the flag table becomes the type that is derived from it.
  const config = values as Config;
  if (problems.length === 0) problems.push(...crossProblems(config));
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'ok', config, warnings: legacyWarnings(given) };
}

const BY_NAME = new Map(Object.values(FLAGS).map((each) => [each.name, each]));

function kindOf(name: string): 'value' | 'boolean' | 'legacy' | 'unknown' {
  const known = BY_NAME.get(name);
  if (known !== undefined) return known.placeholder === '' ? 'boolean' : 'value';
  return LEGACY_FLAGS.has(name) ? 'legacy' : 'unknown';
}

function strayProblems({ stray }: SplitArgv): readonly string[] {
  return stray.map((word) => `${word}: no flag; flags begin with --`);
}

function unknownProblems({ flags }: SplitArgv): readonly string[] {
  const unknown = flags.filter(({ name }) => kindOf(name) === 'unknown');
  return unknown.map(({ name }) => {
    const close = nearest(name, [...BY_NAME.keys()]);
    return `--${name}: no such flag${close === undefined ? '' : `; is it --${close}?`}`;
  });
}

function legacyWarnings({ flags }: SplitArgv): readonly string[] {
  const legacy = new Set(flags.map(({ name }) => name).filter((name) => LEGACY_FLAGS.has(name)));
  return [...legacy].map((name) => `--${name} has no meaning here and is passed over`);
}

type Read =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'bad'; readonly problems: readonly string[] };

function readFlag(each: Flag<unknown>, { flags }: SplitArgv, env: Env): Read {
  const given = flags.filter(({ name }) => name === each.name);
  const variable = env[variableOf(each.name)];
  const texts =
    given.length > 0
      ? given.map(({ value }) => ({
          from: `--${each.name}`,
          text: value ?? (each.placeholder === '' ? 'true' : ''),
        }))
      : variable === undefined
        ? []
        : [{ from: variableOf(each.name), text: variable }];
  const problems: string[] = [];
  const values: unknown[] = [];
  for (const { from, text } of texts) {
    const parsed = each.parse(text);
    if (parsed.kind === 'ok') values.push(parsed.value);
    else problems.push(`${from}=${text}: ${parsed.problem}`);
  }
  if (problems.length > 0) return { kind: 'bad', problems };
  return {
    kind: 'ok',
    value: Array.isArray(each.fallback) ? values.flat() : (values.at(-1) ?? each.fallback),
  };
}

/** What no single flag shows. */
function crossProblems(config: Config): readonly string[] {
  const problems: string[] = [];
  const { endpoints, endpointsFile, endpointsDns } = config;
  if (endpoints === undefined && endpointsFile === undefined && endpointsDns === undefined) {
    problems.push('no pods: give --endpoints, --endpoints-file or --endpoints-dns');
  }
  if (!config.secureServing && (config.certPath !== undefined || config.clientCa !== undefined)) {
    problems.push('--secure-serving=false: --cert-path and --client-ca need TLS');
  }
  if ((config.grpcMaxRecvMsgSize ?? config.maxBodyBytes) < config.maxBodyBytes) {
    problems.push(
      '--grpc-max-recv-msg-size: smaller than --max-body-bytes, so that limit could not be reached',
    );
  }
  return problems;
}
