import type { GrpcServer, GrpcServerOptions } from '../grpc-server.ts';
import type { ByteBudget } from '../http2/connection.ts';
import type { ServerCredentials } from '../http2/http2-server.ts';
import { createHttp2Server } from '../http2/http2-server.ts';
import { createServices } from '../services.ts';
import type { TimerWheel } from '../timer-wheel.ts';
import { createCallHandlers } from './call-handlers.ts';
import type { GrpcCall } from './grpc-call.ts';

/** What the transport needs beside what it serves. */
export interface NativeServerOptions extends GrpcServerOptions {
  /** Of each connection: streams past it are refused unread. */
  readonly maxStreams: number;
  readonly maxConnections: number;
  /** The memory that bodies, unread replies and unfinished messages share. */
  readonly budget: ByteBudget;
  readonly wheel: TimerWheel;
  readonly now: () => number;
  readonly onRefused: (peer: string, reason: string) => void;
  /** A fault of Serin's own, which cost one call. */
  readonly onFault: (error: unknown) => void;
}

/** Creates a gRPC server on Serin's own HTTP/2. */
export function createNativeServer(options: NativeServerOptions): GrpcServer {
  const { methods, endWatches } = createServices(options);
  const credentials = credentialsOf(options);
  const server = createHttp2Server<GrpcCall>({
    ...options,
    handlers: createCallHandlers(methods, options),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return {
    listen: server.listen,
    drain: () => {
      endWatches();
      return server.drain();
    },
    close: server.close,
  };
}

function credentialsOf({ tls, clientCa }: GrpcServerOptions): ServerCredentials | undefined {
  if (tls === undefined) return undefined;
  return {
    current: () => {
      const { certificate, privateKey } = tls.current();
      return { cert: certificate, key: privateKey, ...(clientCa === undefined ? {} : { ca: clientCa }) };
    },
    subscribe: (listener) => tls.subscribe(listener),
    requireClientCertificate: clientCa !== undefined,
  };
}
