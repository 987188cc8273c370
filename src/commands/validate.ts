import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Member } from '../core/members.ts';
import { type PoolKey, poolKey } from '../core/names.ts';
import { parseEndpointList } from '../sources/endpoints/endpoint-list.ts';
import { parseEndpointsFile } from '../sources/endpoints/parse-endpoints-file.ts';
import type { ReadFile } from '../sources/files/last-good.ts';
import { messageOf } from '../sources/files/system-error.ts';
import type { Problem } from '../sources/problems/problem.ts';
import { askModels } from '../sources/scrape/ask-models.ts';
import { createHttpGet } from '../sources/scrape/http-get.ts';
import { errorCount, jsonReport, textReport } from '../validate/report.ts';
import type { ServedOptions } from '../validate/served.ts';
import { validate } from '../validate/validate.ts';

/** Where the command writes, and how it tells its exit status. */
export interface ValidateIo {
  readonly print: (line: string) => void;
  readonly exit: (status: number) => void;
}

interface Flags {
  readonly poolNamespace: string;
  readonly poolName?: string;
  readonly knownPools: readonly string[];
  readonly endpoints?: readonly Member[];
  readonly endpointsFile?: string;
  readonly modelServerApiKeyFile?: string;
  readonly json?: boolean;
}

const TIMEOUT_MS = 5_000;

/** Creates `serin validate`: reads manifests as `serin serve` would and tells what is wrong with them. */
export function validateCommand(io: ValidateIo): Command {
  return new Command('validate')
    .description(
      'check manifests: print every object and every problem, exit with status 1 if there is a problem',
    )
    .argument('<path...>', 'files, and folders whose .yaml, .yml and .json files are read')
    .option('--pool-namespace <namespace>', 'namespace of objects that name none', 'default')
    .option(
      '--known-pools <pool,…>',
      'pools that are applied from elsewhere: name or namespace/name; repeatable',
      (text, before: readonly string[]) => [...before, ...text.split(',')],
      [],
    )
    .option('--endpoints <ip:port,…>', 'pods, which are asked whether they serve the targets', readEndpoints)
    .option('--endpoints-file <file>', 'the same from a file, as serin serve reads it')
    .option('--pool-name <name>', 'the pool of endpoints without labels, where there are several')
    .option('--model-server-api-key-file <file>', "the key that the pods' /v1/models wants")
    .option('--json', 'print one JSON object')
    .action((paths: readonly string[], flags: Flags) => run(paths, flags, io));
}

async function run(paths: readonly string[], flags: Flags, io: ValidateIo): Promise<void> {
  const ended = new AbortController();
  try {
    const pods = await podsOf(flags);
    const keyOf = (name: string) => keyIn(flags.poolNamespace, name);
    const validation = await validate({
      paths,
      namespace: flags.poolNamespace,
      knownPools: flags.knownPools.map(keyOf),
      problems: pods.problems,
      served: pods.asked ? servedOptions(flags, pods, ended.signal) : undefined,
    });
    for (const line of flags.json ? [jsonReport(validation)] : textReport(validation)) io.print(line);
    io.exit(errorCount(validation) > 0 ? 1 : 0);
  } finally {
    ended.abort();
  }
}

function keyIn(defaultNamespace: string, name: string): PoolKey {
  const [namespace = '', rest] = name.split('/');
  return rest === undefined ? poolKey(defaultNamespace, name) : poolKey(namespace, rest);
}

/** The pods that flags name, and what is wrong with the files that they are read from. */
interface Pods {
  readonly asked: boolean;
  readonly members: readonly Member[];
  readonly apiKey: string | undefined;
  readonly problems: readonly Problem[];
}

async function podsOf({ endpoints, endpointsFile, modelServerApiKeyFile }: Flags): Promise<Pods> {
  const [file, key] = await Promise.all([textOf(endpointsFile), textOf(modelServerApiKeyFile)]);
  const { items, broken } =
    file.text === undefined ? NO_FILE : parseEndpointsFile(endpointsFile ?? '', file.text);
  const bad = items.flatMap((item) => (item.kind === 'bad' ? item.problems : []));
  const fromFile = items.flatMap((item) => (item.kind === 'good' ? [item.value] : []));
  return {
    asked: endpoints !== undefined || endpointsFile !== undefined,
    members: [...(endpoints ?? []), ...fromFile],
    apiKey: key.text?.trim(),
    problems: [...file.problems, ...key.problems, ...broken, ...bad],
  };
}

const NO_FILE: ReadFile<Member> = { items: [], broken: [], skipped: [] };

interface ReadText {
  readonly text: string | undefined;
  readonly problems: readonly Problem[];
}

async function textOf(path: string | undefined): Promise<ReadText> {
  if (path === undefined) return { text: undefined, problems: [] };
  try {
    return { text: await readFile(path, 'utf8'), problems: [] };
  } catch (cause) {
    const place = { source: path, line: 1, column: 1 };
    return {
      text: undefined,
      problems: [{ place, object: undefined, field: '', message: messageOf(cause) }],
    };
  }
}

function servedOptions(
  { poolName, poolNamespace }: Flags,
  { members, apiKey }: Pods,
  signal: AbortSignal,
): ServedOptions {
  const options = { get: createHttpGet(signal), apiKey, timeoutMs: TIMEOUT_MS, signal };
  return {
    members,
    poolName: poolName === undefined ? undefined : keyIn(poolNamespace, poolName),
    ask: (address) => askModels(address, options),
  };
}

function readEndpoints(text: string): readonly Member[] {
  const list = parseEndpointList(text);
  if (list.kind === 'ok') return list.members;
  throw new InvalidArgumentError(list.problems.join('; '));
}
