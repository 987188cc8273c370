import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Config } from './config/config.ts';
import type { ExtProcService } from './server/ext-proc-call.ts';
import type { GrpcServer } from './server/grpc-js.ts';
import { createGrpcServer } from './server/grpc-js.ts';
import type { Health } from './server/health.ts';
import { DESCRIPTOR_SET, loadProtos } from './server/proto.ts';
import { createReflection } from './server/reflection.ts';
import type { TlsSource } from './server/tls.ts';
import { createFileTls, createSelfSignedTls } from './server/tls.ts';
import type { Log } from './telemetry/log.ts';

/** The two gRPC ports: for proxies, and for probes in plaintext. */
export interface GrpcPorts {
  readonly main: GrpcServer;
  readonly probes: GrpcServer;
  /** Follows rotated certificates; absent in plaintext. */
  readonly tls: TlsSource | undefined;
}

const MEBIBYTE = 1024 * 1024;

/** Builds both ports; rejects if the certificates cannot be read. */
export async function createGrpcPorts(
  config: Config,
  log: Log,
  services: { readonly health: Health; readonly extProc: ExtProcService },
): Promise<GrpcPorts> {
  const protos = loadProtos();
  const { health, extProc } = services;
  const tls = config.secureServing ? await createTls(config.certPath, log) : undefined;
  const main = createGrpcServer({
    protos,
    health,
    extProc,
    reflection: createReflection(DESCRIPTOR_SET),
    maxReceiveBytes: config.grpcMaxRecvMsgSize ?? config.maxBodyBytes + MEBIBYTE,
    ...(tls === undefined ? {} : { tls }),
    ...(config.clientCa === undefined ? {} : { clientCa: readFileSync(config.clientCa) }),
  });
  return { main, probes: createGrpcServer({ protos, health, maxReceiveBytes: MEBIBYTE }), tls };
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
