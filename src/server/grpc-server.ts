import type { ServiceOptions } from './services.ts';
import type { TlsSource } from './tls.ts';

/** What one gRPC port serves, and its limits. */
export interface GrpcServerOptions extends ServiceOptions {
  /** Absent for plaintext. */
  readonly tls?: TlsSource;
  /** PEM of the authority whose client certificates are required. */
  readonly clientCa?: Buffer;
  /** Bytes of the largest message that is accepted. */
  readonly maxReceiveBytes: number;
}

/** A gRPC server on one port. */
export interface GrpcServer {
  /** Listens on `host:port`, port 0 for any; resolves with the port. */
  readonly listen: (host: string, port: number) => Promise<number>;
  /** Sends GOAWAY and resolves when the last stream has ended. */
  readonly drain: () => Promise<void>;
  /** Ends every stream that is still open. */
  readonly close: () => void;
}
