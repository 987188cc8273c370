import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { adminPage, listenerPort } from './admin.ts';
import { type ProcessExit, supervise } from './supervise.ts';

/** What one Envoy process needs. */
export interface EnvoyOptions {
  /** The binary. */
  readonly path: string;
  /** The config's text; ports of 0 are chosen by the system. */
  readonly config: string;
  /** Worker threads. */
  readonly concurrency: number;
  /** Aborting it ends the process. */
  readonly signal: AbortSignal;
  /** Called with each line that Envoy writes: its access log (stdout) and its warnings (stderr). */
  readonly onLine?: (line: string) => void;
}

/** An Envoy that has answered `ready`. */
export interface RunningEnvoy {
  readonly pid: number;
  readonly adminPort: number;
  /** Port of the listener `serin-ingress`. */
  readonly listenerPort: number;
  /** Settles when the process has ended. */
  readonly exited: Promise<ProcessExit>;
}

const POLL_MS = 50;
const START_MS = 30_000;

/** The ports once Envoy listens and says that it is ready. */
async function ready(addressFile: string): Promise<{ adminPort: number; listenerPort: number } | undefined> {
  const address = await readFile(addressFile, 'utf8').catch(() => '');
  const adminPort = Number(address.slice(address.lastIndexOf(':') + 1));
  if (address === '' || (await adminPage(adminPort, '/ready')) === undefined) return undefined;
  const port = await listenerPort(adminPort, 'serin-ingress');
  return port === undefined ? undefined : { adminPort, listenerPort: port };
}

async function waitUntilReady(addressFile: string, exited: Promise<ProcessExit>, signal: AbortSignal) {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  while (true) {
    const ports = await ready(addressFile);
    if (ports !== undefined) return ports;
    const outcome = await Promise.race([exited, delay(POLL_MS, undefined, { signal: deadline })]);
    if (outcome?.kind === 'died') throw new Error(`Envoy did not start:\n${outcome.lastWords}`);
  }
}

/** Starts Envoy with a config and resolves once it listens; rejects with what it said if it does not start. */
export async function startEnvoy(options: EnvoyOptions): Promise<RunningEnvoy> {
  options.signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'serin-envoy-'));
  const files = { config: join(folder, 'envoy.yaml'), address: join(folder, 'admin-address') };
  await writeFile(files.config, options.config);
  const args = ['-c', files.config, '--admin-address-path', files.address, '--use-dynamic-base-id'];
  args.push('--concurrency', String(options.concurrency), '--log-level', 'warn');
  // The lines of its access log may else be ten seconds late.
  args.push('--file-flush-interval-msec', '100');
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const child = spawn(options.path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = supervise(child, { ...options, signal }).finally(() =>
    rm(folder, { recursive: true, force: true }),
  );
  exited.catch(() => {});
  try {
    const ports = await waitUntilReady(files.address, exited, signal);
    return { pid: child.pid ?? 0, ...ports, exited };
  } catch (error) {
    stop.abort();
    await exited.catch(() => {});
    throw error;
  }
}
