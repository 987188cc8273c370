import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { LOCAL_ADMIN } from '../client/local-admin.ts';
import { type HostPort, hostPort, splitHostPort } from '../sources/endpoints/host-port.ts';
import { messageOf } from '../sources/files/system-error.ts';
import { pause } from '../sources/files/wake.ts';
import { type Asked, askStatus } from '../status/ask-status.ts';
import { statusLines } from '../status/status-text.ts';

/** What `serin status` needs of its process. */
export interface StatusIo {
  /** Aborts on SIGTERM or Ctrl-C. */
  readonly signal: AbortSignal;
  readonly stdout: { readonly isTTY?: boolean; readonly write: (text: string) => unknown };
  readonly stderr: { readonly write: (text: string) => unknown };
  readonly exit: (status: number) => void;
}

interface Flags {
  readonly serin?: HostPort;
  readonly tokenFile?: string;
  readonly watch?: boolean;
  readonly output: 'text' | 'json';
}

const WATCH_INTERVAL_MS = 1_000;
/** To the top left, and away with what stood below: a whole new screen would flicker. */
const HOME = '\u001b[H\u001b[J';
const CLEAR = '\u001b[2J';

/** Creates `serin status`: what the live page shows, in a terminal. */
export function statusCommand(io: StatusIo): Command {
  return new Command('status')
    .description('show pools, models and pods of a running Serin, over all its replicas')
    .option(
      '--serin <host:port>',
      `where its /debug is (${LOCAL_ADMIN.map(hostPort).join(', else ')})`,
      readAddress,
    )
    .option('--token-file <file>', 'a bearer token, for --admin-auth=token')
    .option('-w, --watch', 'go on every second, until Ctrl-C')
    .addOption(
      new Option('-o, --output <format>', 'text, or json for scripts')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action((flags: Flags) => run(flags, io));
}

async function run(flags: Flags, io: StatusIo): Promise<void> {
  const ask = createAsk(flags, io.signal);
  const show = createShow(flags, io);
  const first = await ask();
  if (first.kind !== 'status') {
    if (io.signal.aborted) return;
    io.stderr.write(`serin status: ${first.problem}\n`);
    return io.exit(1);
  }
  show(first);
  while (flags.watch === true && !io.signal.aborted) {
    await pause(WATCH_INTERVAL_MS, io.signal);
    const next = await ask();
    if (!io.signal.aborted) show(next);
  }
}

/** A status, or why there is none. */
type Told = Exclude<Asked, { kind: 'silent' }>;

function createAsk({ serin, tokenFile }: Flags, signal: AbortSignal): () => Promise<Told> {
  const candidates = serin === undefined ? LOCAL_ADMIN : [serin];
  return async () => {
    const read = await readToken(tokenFile);
    if (read.kind === 'unread') return { kind: 'refused', problem: read.problem };
    const asked = await askStatus({ at: candidates, token: read.token }, signal);
    return asked.kind === 'silent' ? { kind: 'refused', problem: silence(candidates) } : asked;
  };
}

type ReadToken =
  | { readonly kind: 'read'; readonly token: string | undefined }
  | { readonly kind: 'unread'; readonly problem: string };

/** Read anew each time: a cluster renews the tokens of its pods in their files. */
async function readToken(file: string | undefined): Promise<ReadToken> {
  if (file === undefined) return { kind: 'read', token: undefined };
  try {
    return { kind: 'read', token: (await readFile(file, 'utf8')).trim() };
  } catch (error) {
    return { kind: 'unread', problem: `--token-file ${file}: ${messageOf(error)}` };
  }
}

function silence(candidates: readonly HostPort[]): string {
  const hint = 'kubectl port-forward deployment/serin 9091';
  return `nothing answers at ${candidates.map(hostPort).join(' or ')}; in a cluster: ${hint}; elsewhere: --serin HOST:PORT`;
}

function createShow({ output, watch }: Flags, { stdout, stderr }: StatusIo): (asked: Told) => void {
  const redraws = watch === true && output === 'text' && stdout.isTTY === true;
  if (redraws) stdout.write(CLEAR);
  return (asked) => {
    if (asked.kind !== 'status') return void stderr.write(`serin status: ${asked.problem}\n`);
    if (output === 'json') {
      return void stdout.write(`${JSON.stringify(asked.json, undefined, watch === true ? undefined : 2)}\n`);
    }
    const text = `${statusLines(asked.status).join('\n')}\n`;
    stdout.write(redraws ? `${HOME}${text}` : text);
  };
}

function readAddress(text: string): HostPort {
  const at = splitHostPort(text);
  if (at !== undefined) return at;
  throw new InvalidArgumentError('host:port expected');
}
