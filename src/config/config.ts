import { adminPort, adminProblems } from './admin-port.ts';
import type { SplitArgv } from './argv.ts';
import { splitArgv } from './argv.ts';
import { clusterScope, namesEndpoints, sourceProblems } from './cluster-scope.ts';
import type { Flag } from './flag.ts';
import { variableOf } from './flag.ts';
import { FLAGS } from './flags.ts';
import { LEGACY_FLAGS } from './legacy-flags.ts';
import { missingProblems } from './missing-policy.ts';
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
    const read = readFlag(each, textsOf(each, given, env));
    values[field] = read.value;
    problems.push(...read.problems);
  }
  // The one place where the flag table becomes the type that is derived from it.
  const config = values as Config;
  problems.push(...crossProblems(config, problems));
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

/** A value as text, and the flag or variable that gave it. */
interface GivenText {
  readonly from: string;
  readonly text: string;
}

function textsOf({ name, placeholder }: Flag<unknown>, { flags }: SplitArgv, env: Env): readonly GivenText[] {
  const given = flags.filter((each) => each.name === name);
  const alone = placeholder === '' ? 'true' : '';
  if (given.length > 0) return given.map(({ value }) => ({ from: `--${name}`, text: value ?? alone }));
  const variable = env[variableOf(name)] ?? '';
  // Charts leave variables empty; and in a pod beside a Service called serin-grpc, Kubernetes sets
  // SERIN_GRPC_PORT=tcp://…
  if (variable === '' || variable.startsWith('tcp://')) return [];
  return [{ from: variableOf(name), text: variable }];
}

interface Read {
  /** The default if a text is wrong, so that the flags beside it can be checked too. */
  readonly value: unknown;
  readonly problems: readonly string[];
}

function readFlag(each: Flag<unknown>, texts: readonly GivenText[]): Read {
  const problems: string[] = [];
  const values: unknown[] = [];
  for (const { from, text } of texts) {
    const parsed = each.parse(text);
    if (parsed.kind === 'ok') values.push(parsed.value);
    else problems.push(`${from}=${text}: ${parsed.problem}`);
  }
  const value = Array.isArray(each.fallback) ? values.flat() : values.at(-1);
  return { value: value ?? each.fallback, problems };
}

/** What no single flag shows; a flag that is wrong by itself is not called missing. */
function crossProblems(config: Config, problems: readonly string[]): readonly string[] {
  return [
    ...endpointsProblem(config, problems),
    ...sourceProblems(config),
    ...adminProblems(config),
    ...tlsProblem(config),
    ...podTlsProblems(config),
    ...missingProblems(config),
    ...sizeProblems(config),
    ...portProblems(config),
  ];
}

function endpointsProblem(config: Config, problems: readonly string[]): readonly string[] {
  const given = namesEndpoints(config) || clusterScope(config) !== undefined;
  if (given || problems.some((problem) => /^(--endpoint|SERIN_ENDPOINT)/.test(problem))) return [];
  return ['no pods: give --pool-name in a cluster, or --endpoints, --endpoints-file or --endpoints-dns'];
}

function tlsProblem({ secureServing, certPath, clientCa }: Config): readonly string[] {
  if (secureServing || (certPath === undefined && clientCa === undefined)) return [];
  return ['--secure-serving=false: --cert-path and --client-ca need TLS'];
}

function podTlsProblems(config: Config): readonly string[] {
  const { modelServerCaFile: ca, modelServerClientCertFile: cert, modelServerClientKeyFile: key } = config;
  const files = [ca, cert, key].some((file) => file !== undefined);
  const plain = config.modelServerMetricsScheme === 'http' && files;
  return [
    ...(plain ? ['--model-server-…-file: need --model-server-metrics-scheme=https'] : []),
    ...((cert === undefined) === (key === undefined)
      ? []
      : ['--model-server-client-cert-file and --model-server-client-key-file: need each other']),
  ];
}

function sizeProblems({ maxBodyBytes, maxBufferedBytes, grpcMaxRecvMsgSize }: Config): readonly string[] {
  const unreachable = `smaller than --max-body-bytes (${maxBodyBytes}), so that limit could not be reached`;
  return [
    ...((grpcMaxRecvMsgSize ?? maxBodyBytes) < maxBodyBytes
      ? [`--grpc-max-recv-msg-size: ${unreachable}`]
      : []),
    ...(maxBufferedBytes < maxBodyBytes ? [`--max-buffered-bytes: ${unreachable}`] : []),
  ];
}

function portProblems(config: Config): readonly string[] {
  const { grpcPort, grpcHealthPort, metricsPort } = config;
  const admin = adminPort(config);
  const ports = [grpcPort, grpcHealthPort, metricsPort, admin?.port ?? 0].filter((port) => port !== 0);
  if (new Set(ports).size === ports.length) return [];
  return [
    admin === undefined
      ? '--grpc-port, --grpc-health-port and --metrics-port: must differ'
      : '--grpc-port, --grpc-health-port, --metrics-port and the port of --admin-address: must differ',
  ];
}
