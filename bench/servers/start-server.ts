import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from '../../src/demo/free-port.ts';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { type Child, startChild } from '../processes/child.ts';
import { cpuTimeUs } from '../processes/proc.ts';
import type { BareKind, ServerKind, ServerName } from './kinds.ts';
import { SERVERS } from './kinds.ts';

/** A server under test, listening. */
export interface RunningServer {
  readonly name: ServerName;
  readonly port: number;
  readonly pid: number;
  /** CPU time that its process has had, by its own accounting, in microseconds. */
  readonly cpuUs: () => Promise<number>;
  /** Heap and buffers in use after a full collection; null for a peer, which cannot be asked. */
  readonly liveBytes: () => Promise<number | null>;
  readonly stop: () => Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const PRELOAD = ['--expose-gc', '--import', join(import.meta.dirname, 'usage.ts')];
/** Longest that a start may take, on a machine that has very much else to do. */
const READY_MS = 120_000;
const POLL_MS = 50;

const listeningSchema = z.object({ port: z.number() });
const cpuSchema = z.object({ cpuUs: z.number() });
const liveSchema = z.object({ liveBytes: z.number() });

/** Another ext_proc server, which somebody else has started on this machine. */
export interface Peer {
  readonly port: number;
  readonly pid: number;
  /** What its user calls it. */
  readonly name: string;
}

/** What servers are started with. */
export interface Surroundings {
  /** Where requests may be sent to. */
  readonly pods: readonly string[];
  readonly peer: Peer | undefined;
}

/** Starts a server in a process of its own; a peer is taken as it is. */
export async function startServer(
  name: ServerName,
  { pods, peer }: Surroundings,
  signal: AbortSignal,
): Promise<RunningServer> {
  const { kind } = SERVERS[name];
  if (kind.kind === 'peer') return runningPeer(peer);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const { child, port } = await startKind(kind, pods, either);
  return {
    name,
    port,
    pid: child.pid,
    cpuUs: async () => cpuSchema.parse(await child.ask('cpu')).cpuUs,
    liveBytes: async () => liveSchema.parse(await child.ask('live')).liveBytes,
    stop: async () => {
      stop.abort();
      await child.exited;
    },
  };
}

function runningPeer(peer: Peer | undefined): RunningServer {
  if (peer === undefined) throw new Error('no peer was named');
  return {
    name: 'peer',
    port: peer.port,
    pid: peer.pid,
    cpuUs: async () => cpuTimeUs(peer.pid),
    liveBytes: async () => null,
    stop: async () => undefined,
  };
}

/** A process of ours that listens. */
export interface Started {
  readonly child: Child;
  readonly port: number;
}

type StartedKind = Exclude<ServerKind, { readonly kind: 'peer' }>;

/** Starts a server of ours, as a process to be asked. */
export async function startKind(
  kind: StartedKind,
  pods: readonly string[],
  signal: AbortSignal,
): Promise<Started> {
  switch (kind.kind) {
    case 'bare':
      return startBare(kind, pods, signal);
    case 'serin':
      return startSerin({ flags: kind.flags, pods }, signal);
  }
}

/** Starts a server that only carries. */
export async function startBare(
  kind: BareKind,
  pods: readonly string[],
  signal: AbortSignal,
): Promise<Started> {
  const path = join(import.meta.dirname, kind.file);
  const child = startChild([...PRELOAD, path, pods[0] ?? '', ...kind.args], signal);
  return { child, port: listeningSchema.parse(await child.listen()).port };
}

/** What `serin serve` is started with. */
export interface SerinPlan {
  readonly flags: readonly string[];
  readonly pods: readonly string[];
  /** The folder of its source; this one unless given. */
  readonly root?: string;
}

/** Starts `serin serve` in plaintext with some flags, and resolves when it is ready. */
export async function startSerin(
  { flags, pods, root = ROOT }: SerinPlan,
  signal: AbortSignal,
): Promise<Started> {
  const [port, healthPort, adminPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const args = [...PRELOAD, join(root, 'src/main.ts'), 'serve', '--bind-address', '127.0.0.1'];
  args.push('--grpc-port', `${port}`, '--grpc-health-port', `${healthPort}`);
  args.push('--metrics-port', `${adminPort}`);
  args.push('--manifests', join(root, 'examples/multi-lora'), '--endpoints', pods.join(','));
  args.push('--secure-serving=false', '--drain-delay', '0s', '--drain-timeout', '1s', ...flags);
  const child = startChild(args, signal);
  const deadlineMs = performance.now() + READY_MS;
  while ((await adminPage(adminPort, '/readyz')) === undefined) {
    if (performance.now() > deadlineMs) throw new Error(`serin serve is not ready after ${READY_MS} ms`);
    await Promise.race([child.ended, sleep(POLL_MS, undefined, { signal })]);
  }
  return { child, port };
}
