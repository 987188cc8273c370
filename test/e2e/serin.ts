import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { supervise } from '../../src/envoy-binary/supervise.ts';

/** What a `serin serve` of a test needs. */
export interface SerinOptions {
  readonly host: string;
  readonly manifests: string;
  readonly pods: readonly string[];
  readonly flags: readonly string[];
  /** Further environment variables. */
  readonly env?: { readonly [name: string]: string };
  readonly signal: AbortSignal;
  /** Any that is free unless given. */
  readonly metricsPort?: number;
}

/** A real `serin serve` process, ready. */
export interface Serin {
  readonly grpcPort: number;
  readonly metricsPort: number;
  readonly ready: () => Promise<boolean>;
  /** The value of a series, all its labels summed: `name` or `name{label="value"}`. */
  readonly metric: (series: string) => Promise<number>;
  readonly page: (path: string) => Promise<string>;
  readonly freshness: (address: string) => Promise<string>;
  /** Requests sent to an endpoint that no scrape has seen. */
  readonly sent: (address: string) => Promise<number>;
  readonly targetsInForce: (model: string) => Promise<readonly string[]>;
  /** What it has logged of each request so far, if it runs with `-v=4`. */
  readonly requests: () => readonly RequestLine[];
  /** Sends SIGTERM; a second one ends the process at once. */
  readonly terminate: () => void;
  /** Ends the process as the kernel ends one that took too much. */
  readonly kill: () => void;
  /** Settles when the process has ended. */
  readonly exited: Promise<unknown>;
  readonly exitCode: () => Promise<number | null>;
}

/** The log line of one request: the fields of its record. */
export type RequestLine = { readonly [field: string]: unknown };

/** What the line `listening` tells. */
interface Ports {
  readonly grpcPort: number;
  readonly metricsPort: number;
}

interface SnapshotPage {
  readonly pools: readonly {
    readonly models: {
      readonly [name: string]: { readonly targets: readonly { name: string; effective: number }[] };
    };
    readonly endpoints: readonly {
      readonly address: string;
      readonly state: string;
      readonly sent: number;
    }[];
  }[];
}

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Starts `serin serve` on free ports. */
export async function startSerin(options: SerinOptions): Promise<Serin> {
  const { host, manifests, pods, flags, env, signal } = options;
  const ports = ['--grpc-port=0', '--grpc-health-port=0', `--metrics-port=${options.metricsPort ?? 0}`];
  const given = [
    '--manifests',
    manifests,
    '--endpoints',
    pods.join(','),
    '--drain-delay',
    '0s',
    '--drain-timeout',
    '1s',
  ];
  const args = [MAIN, 'serve', ...ports, ...given, ...flags];
  const bind = host === '::1' ? ['--bind-address', '::'] : ['--bind-address', host];
  const child = spawn(process.execPath, [...args, ...bind], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const requests: RequestLine[] = [];
  const listening = Promise.withResolvers<Ports>();
  const exited = supervise(child, {
    signal,
    onLine: (line) => {
      if (line.includes('"msg":"request"')) requests.push(JSON.parse(line));
      if (line.includes('"msg":"listening"')) listening.resolve(JSON.parse(line));
    },
  });
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  exited.then(
    (exit) => listening.reject(new Error('Serin did not get to listen', { cause: exit })),
    listening.reject,
  );
  const { grpcPort, metricsPort } = await listening.promise;
  const isReady = async () => (await adminPage(metricsPort, '/readyz')) !== undefined;
  for (let waitedMs = 0; !(await isReady()); waitedMs += 50) {
    if (waitedMs > 30_000 || child.exitCode !== null) throw new Error('Serin did not get ready');
    await sleep(50);
  }

  async function page(path: string): Promise<string> {
    const text = await adminPage(metricsPort, path);
    if (text === undefined) throw new Error(`Serin does not answer ${path}`);
    return text;
  }

  async function endpoint(address: string) {
    const snapshot = JSON.parse(await page('/debug/snapshot')) as SnapshotPage;
    return snapshot.pools.flatMap(({ endpoints }) => endpoints).find((each) => each.address === address);
  }

  return {
    grpcPort,
    metricsPort,
    ready: isReady,
    page,
    metric: async (series) => sumOf(await page('/metrics'), series),
    freshness: async (address) => (await endpoint(address))?.state ?? 'absent',
    sent: async (address) => (await endpoint(address))?.sent ?? Number.NaN,
    targetsInForce: async (model) => {
      const snapshot = JSON.parse(await page('/debug/snapshot')) as SnapshotPage;
      const targets = snapshot.pools.flatMap(({ models }) => models[model]?.targets ?? []);
      return targets.filter(({ effective }) => effective > 0).map(({ name }) => name);
    },
    requests: () => requests,
    terminate: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
    exited,
    exitCode: () => code,
  };
}

export function sumOf(page: string, series: string): number {
  const isWhole = series.includes('{');
  const lines = page.split('\n').filter((line) => !line.startsWith('#'));
  const ours = lines.filter((line) =>
    isWhole ? line.startsWith(`${series} `) : new RegExp(`^${series}[ {]`).test(line),
  );
  return ours.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
