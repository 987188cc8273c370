import type { ConnectionOptions } from 'node:tls';
import { createKeyFile } from './key-file.ts';

/** What flags say about the TLS of pods. */
export interface PodTlsFlags {
  readonly modelServerMetricsScheme: 'http' | 'https';
  readonly modelServerMetricsHttpsInsecureSkipVerify: boolean;
  readonly modelServerCaFile: string | undefined;
  readonly modelServerClientCertFile: string | undefined;
  readonly modelServerClientKeyFile: string | undefined;
}

/** TLS options for one new connection to a pod. */
export type PodTls = () => Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'checkServerIdentity'
>;

/**
 * Creates the TLS options of connections to pods, or undefined for plaintext. Files are read anew for each
 * connection, since they rotate; `onAway` is told once when one cannot be read, and its last content stays.
 * Throws if one cannot be read at the start.
 */
export function createPodTls(
  flags: PodTlsFlags,
  onAway: (path: string, message: string) => void,
): PodTls | undefined {
  if (flags.modelServerMetricsScheme === 'http') return undefined;
  const reader = (path: string | undefined) =>
    path === undefined ? () => undefined : createKeyFile(path, (message) => onAway(path, message));
  const ca = reader(flags.modelServerCaFile);
  const cert = reader(flags.modelServerClientCertFile);
  const key = reader(flags.modelServerClientKeyFile);
  const skips = flags.modelServerMetricsHttpsInsecureSkipVerify;
  return () => ({
    ca: ca(),
    cert: cert(),
    key: key(),
    rejectUnauthorized: !skips || flags.modelServerCaFile !== undefined,
    // Pods are asked by their addresses, which certificates seldom name.
    ...(skips ? { checkServerIdentity: () => undefined } : {}),
  });
}
