import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Config } from './config/config.ts';
import type { AccessLogService } from './server/access-log.ts';
import type { ExtProcService } from './server/ext-proc-call.ts';
import { createNativeServer } from './server/grpc/native-server.ts';
import { createGrpcServer } from './server/grpc-js.ts';
import type { GrpcServer, GrpcServerOptions } from './server/grpc-server.ts';
import type { Health } from './server/health.ts';
import { DESCRIPTOR_SET, loadProtos } from './server/proto.ts';
import { createReflection } from './server/reflection.ts';
import type { TimerWheel } from './server/timer-wheel.ts';
import type { TlsSource } from './server/tls.ts';
import { createFileTls, createSelfSignedTls } from './server/tls.ts';
import { createBufferBudget } from './state/buffer-budget.ts';
import type { Log } from './telemetry/log.ts';
import { throttle } from './telemetry/throttle.ts';

/** The two gRPC ports: for proxies, and for probes in plaintext. */
export interface GrpcPorts {
  readonly main: GrpcServer;
  readonly probes: GrpcServer;
  /** Follows rotated certificates; absent in plaintext. */
  readonly tls: TlsSource | undefined;
}

/** What both ports are built from. */
export interface GrpcPortsDeps {
  readonly health: Health;
  readonly extProc: ExtProcService;
  readonly accessLog: AccessLogService;
  readonly wheel: TimerWheel;
  readonly now: () => number;
  readonly log: Log;
  readonly metrics: { readonly connectionRefused: () => void };
}

/** Streams above --max-streams that are open until they have got their 429. */
const REFUSED_AT_ONCE = 10_000;
const MEBIBYTE = 1024 * 1024;

/** Builds both ports; rejects if the certificates cannot be read. */
export async function createGrpcPorts(config: Config, deps: GrpcPortsDeps): Promise<GrpcPorts> {
  const protos = loadProtos();
  const { health, extProc, accessLog, log } = deps;
  const tls = config.secureServing ? await createTls(config.certPath, log) : undefined;
  const largest = config.grpcMaxRecvMsgSize ?? config.maxBodyBytes + MEBIBYTE;
  const transport = createTransport(config, deps);
  const main = transport({
    protos,
    health,
    extProc,
    accessLog,
    reflection: createReflection(DESCRIPTOR_SET),
    // Past the transport's limit a stream ends with an error, which Envoy answers with 500. Up to twice the
    // wanted limit a message still gets through, to be answered with 413 by the limit of bodies.
    maxReceiveBytes: 2 * largest,
    ...(tls === undefined ? {} : { tls }),
    ...(config.clientCa === undefined ? {} : { clientCa: readFileSync(config.clientCa) }),
  });
  return { main, probes: transport({ protos, health, maxReceiveBytes: MEBIBYTE }), tls };
}

/** The transport of `--transport`, which both ports share. */
function createTransport(
  config: Config,
  { wheel, now, log, metrics }: GrpcPortsDeps,
): (options: GrpcServerOptions) => GrpcServer {
  if (config.transport === 'grpc-js') return createGrpcServer;
  // Not the budget of bodies: what the transport holds is mostly replies whose bodies that one has let go.
  const budget = createBufferBudget(config.maxBufferedBytes);
  const logRefused = throttle<{ readonly peer: string; readonly reason: string }>(now, (line, leftOut) =>
    log.warn({ ...line, leftOut }, 'connection refused'),
  );
  const logFault = throttle<unknown>(now, (err, leftOut) => log.error({ err, leftOut }, 'fault'));
  return (options) =>
    createNativeServer({
      ...options,
      // One connection may carry them all, and those above the limit are still answered, with 429.
      maxStreams: config.maxStreams + REFUSED_AT_ONCE,
      maxConnections: config.maxConnections,
      budget,
      wheel,
      now,
      onRefused: (peer, reason) => {
        metrics.connectionRefused();
        logRefused({ peer, reason });
      },
      onFault: logFault,
    });
}

function createTls(folder: string | undefined, log: Log): Promise<TlsSource> {
  if (folder === undefined) return createSelfSignedTls();
  return createFileTls(folder, {
    rotated: () => log.info({ folder }, 'certificate rotated'),
    broken: (message) => log.error({ folder, message }, 'new certificate not taken; the last one stays'),
  });
}

/** The address that stands for all: IPv6 with IPv4 in it, or IPv4 where the machine has no IPv6. */
export function anyAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0';
}
