import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { adminPage } from '../envoy-binary/admin.ts';
import { type ProcessExit, supervise } from '../envoy-binary/supervise.ts';
import { freePort } from './free-port.ts';
import type { WantedWeight } from './split.ts';

/** What one `serin serve` of the demo needs. */
export interface SerinOptions {
  /** `main.js` or `main.ts`, beside this program's own files. */
  readonly main: string;
  readonly manifests: string;
  /** Addresses of the pods. */
  readonly pods: readonly string[];
  /** Aborting it ends the process. */
  readonly signal: AbortSignal;
  /** Called with each warning and error that Serin logs. */
  readonly onWarning: (text: string) => void;
}

/** A `serin serve` that has said that it is ready. */
export interface RunningSerin {
  readonly grpcPort: number;
  /** Where its live page is. */
  readonly page: string;
  /** The weights in force for a model name; empty if no object names it. */
  readonly weightsOf: (model: string) => Promise<readonly WantedWeight[]>;
  readonly exited: Promise<ProcessExit>;
}

const POLL_MS = 50;
const START_MS = 30_000;
/** pino's number for warnings. */
const WARNING = 40;

const logSchema = z.object({ level: z.number(), msg: z.string() });
const snapshotSchema = z.object({
  pools: z.array(
    z.object({
      models: z.record(
        z.string(),
        z.object({ targets: z.array(z.object({ name: z.string(), wanted: z.number() })).optional() }),
      ),
    }),
  ),
});

/** The message of a log line of level warning and above; a line that is no log entry is passed on whole. */
export function warningOf(line: string): string | undefined {
  if (!line.startsWith('{')) return line;
  const { data } = logSchema.safeParse(JSON.parse(line));
  return data !== undefined && data.level >= WARNING ? data.msg : undefined;
}

/** Reads a model's weights out of the page `/debug/snapshot`. */
export function weightsOnPage(page: string, model: string): readonly WantedWeight[] {
  const { pools } = snapshotSchema.parse(JSON.parse(page));
  const rule = pools.map(({ models }) => models[model]).find((found) => found !== undefined);
  return (rule?.targets ?? []).map(({ name, wanted }) => ({ target: name, weight: wanted }));
}

function serveArguments(options: SerinOptions, ports: readonly number[]): readonly string[] {
  const [grpc, health, admin] = ports;
  const flags = ['--manifests', options.manifests, '--endpoints', options.pods.join(',')];
  flags.push('--bind-address', '127.0.0.1', '--grpc-port', `${grpc}`, '--grpc-health-port', `${health}`);
  flags.push('--metrics-port', `${admin}`, '--drain-delay', '0s', '--drain-timeout', '1s', '-v', '1');
  flags.push('--log-format', 'json');
  return [options.main, 'serve', ...flags];
}

/** Starts `serin serve` on free ports of 127.0.0.1 and resolves once it is ready. */
export async function startSerin(options: SerinOptions): Promise<RunningSerin> {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const [grpcPort, , adminPort] = ports;
  const args = serveArguments(options, ports);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const onLine = (line: string): void => {
    const warning = warningOf(line);
    if (warning !== undefined) options.onWarning(warning);
  };
  const exited = supervise(child, { signal: options.signal, onLine });
  const deadline = AbortSignal.any([options.signal, AbortSignal.timeout(START_MS)]);
  while ((await adminPage(adminPort, '/readyz')) === undefined) {
    const outcome = await Promise.race([exited, delay(POLL_MS, undefined, { signal: deadline })]);
    if (outcome?.kind === 'died') throw new Error(`Serin did not start:\n${outcome.lastWords}`);
  }
  const weightsOf = async (model: string): Promise<readonly WantedWeight[]> => {
    const page = await adminPage(adminPort, '/debug/snapshot');
    if (page === undefined) throw new Error('Serin does not answer on its admin port');
    return weightsOnPage(page, model);
  };
  return { grpcPort, page: `http://127.0.0.1:${adminPort}/`, weightsOf, exited };
}
