import { splitArgv } from '../config/argv.ts';
import { parseConfig } from '../config/config.ts';
import { helpText } from '../config/help.ts';
import { examine, type Patient } from '../doctor/doctor.ts';
import { exitStatusOf, reportJson, reportLines } from '../doctor/report.ts';
import { splitHostPort } from '../sources/endpoints/host-port.ts';

/** What `serin doctor` needs of its process. */
export interface DoctorIo {
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborts on SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly stderr: { readonly write: (text: string) => unknown };
}

const HELP = `Usage: serin doctor [flags] [flags of serin serve]

Checks a live set-up, and prints the fix for each fault: exit status 1 if there is one. Give it the flags of
the serin serve that it looks at; they say which cluster, pools, pods and ports are meant.

  --serin HOST[:PORT]             a running Serin: its metrics port, --metrics-port if none is given; what its
                                  gRPC port speaks is tried on --grpc-port of the same host
  --envoy-admin HOST:PORT         the admin interface of the Envoy that asks Serin
  --service-account NAMESPACE/NAME
                                  whose rights in the cluster are checked; your own if not given
  --json                          print one JSON document
`;

/** Runs `serin doctor` with its arguments; resolves with the exit status. */
export async function doctorCommand(argv: readonly string[], io: DoctorIo): Promise<number> {
  if (argv.some((word) => word === '--help' || word === '-h')) {
    io.print(`${HELP}\n${helpText()}`);
    return 0;
  }
  const read = readPatient(argv, io.env);
  if (read.kind === 'invalid') {
    for (const problem of read.problems) io.stderr.write(`serin doctor: ${problem}\n`);
    return 2;
  }
  const findings = await examine(read.patient, io.signal);
  if (read.json) io.print(reportJson(findings));
  else for (const line of reportLines(findings)) io.print(line);
  return exitStatusOf(findings);
}

type Read =
  | { readonly kind: 'ok'; readonly patient: Patient; readonly json: boolean }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** For a host alone, while the other flags are wrong. */
const DEFAULT_METRICS_PORT = 9090;

const OWN = new Map([
  ['serin', 'value'],
  ['envoy-admin', 'value'],
  ['service-account', 'value'],
  ['json', 'boolean'],
] as const);

type OwnFlag = Parameters<(typeof OWN)['get']>[0];

function isOwn(name: string): name is OwnFlag {
  return OWN.has(name as OwnFlag);
}

function readPatient(argv: readonly string[], env: DoctorIo['env']): Read {
  const { flags, stray } = splitArgv(argv, (name) => (isOwn(name) ? OWN.get(name) : undefined) ?? 'unknown');
  const others = flags.filter(({ name }) => !isOwn(name));
  const rest = others.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name}=${value}`));
  const config = parseConfig([...rest, ...stray], env);
  const textOf = (own: OwnFlag) => flags.findLast(({ name }) => name === own)?.value;
  const metricsPort = config.kind === 'ok' ? config.config.metricsPort : DEFAULT_METRICS_PORT;
  const serin = readTarget('--serin', textOf('serin'), metricsPort);
  const envoyAdmin = readTarget('--envoy-admin', textOf('envoy-admin'), undefined);
  const account = readAccount(textOf('service-account'));
  const problems = [
    ...(config.kind === 'ok' ? [] : config.problems),
    ...[serin, envoyAdmin, account].flatMap((each) => (each.kind === 'bad' ? [each.problem] : [])),
  ];
  if (config.kind !== 'ok' || serin.kind === 'bad' || envoyAdmin.kind === 'bad' || account.kind === 'bad') {
    return { kind: 'invalid', problems };
  }
  const given = flags.findLast(({ name }) => name === 'json');
  return {
    kind: 'ok',
    patient: {
      config: config.config,
      serin: serin.value,
      envoyAdmin: envoyAdmin.value,
      serviceAccount: account.value,
    },
    json: given !== undefined && given.value !== 'false',
  };
}

type ReadFlag<T> =
  | { readonly kind: 'ok'; readonly value: T | undefined }
  | { readonly kind: 'bad'; readonly problem: string };

function readTarget(
  flag: string,
  text: string | undefined,
  port: number | undefined,
): ReadFlag<{ readonly host: string; readonly port: number }> {
  if (text === undefined) return { kind: 'ok', value: undefined };
  const value = splitHostPort(text) ?? (port === undefined ? undefined : splitHostPort(`${text}:${port}`));
  if (value !== undefined) return { kind: 'ok', value };
  return { kind: 'bad', problem: `${flag}=${text}: host:port expected` };
}

function readAccount(text: string | undefined): ReadFlag<Patient['serviceAccount'] & object> {
  if (text === undefined) return { kind: 'ok', value: undefined };
  const [, namespace, name] = /^([^/\s]+)\/([^/\s]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { kind: 'ok', value: { namespace, name } };
  return { kind: 'bad', problem: `--service-account=${text}: namespace/name expected` };
}
