import type { Http2Session } from 'node:http2';
import type {
  handleServerStreamingCall,
  ServerDuplexStream,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { experimental, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { HealthImplementation } from 'grpc-health-check';
import type { WireRequest, WireResponse } from '../extproc/wire.ts';
import type { ExtProcService } from './ext-proc-call.ts';
import type { Health } from './health.ts';
import { SERVICES, serviceOf } from './proto.ts';
import type { Reflection, ReflectionRequest, ReflectionResponse } from './reflection.ts';
import type { TlsSource } from './tls.ts';

/** What one gRPC port serves. */
export interface GrpcServerOptions {
  readonly protos: PackageDefinition;
  readonly health: Health;
  /** Absent on a port for probes alone. */
  readonly extProc?: ExtProcService;
  readonly reflection?: Reflection;
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

/**
 * Envoy ends every ext_proc stream with RST_STREAM, which Node takes for an attack after 1000 of them: it
 * closes the connection, and the streams open on it fail. The port is for proxies only, so a high limit is
 * right; it stays finite.
 */
const RESETS = { streamResetBurst: 10_000_000, streamResetRate: 1_000_000 };

/**
 * What the library keeps to itself and has no option for: Node's options, and the open connections, which its
 * own `forceShutdown` misses while channelz is off. Its version is pinned, and tests hold both.
 */
interface ServerInside {
  readonly commonServerOptions: object;
  readonly http2Servers: ReadonlyMap<unknown, { readonly sessions: ReadonlySet<Http2Session> }>;
}

/** Creates a server on grpc-js. No other file knows the library. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const server = new Server({
    // Past the library's limit a stream ends with an error, which Envoy answers with 500. Up to twice the
    // wanted limit a message still gets through, to be answered with 413 by the limit of bodies.
    'grpc.max_receive_message_length': 2 * options.maxReceiveBytes,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
  });
  const inside = server as unknown as ServerInside;
  Object.assign(inside.commonServerOptions, RESETS);
  const endWatches = addHealth(server, options.health);
  const { extProc, reflection } = options;
  if (extProc !== undefined) {
    addBidi(server, options.protos, SERVICES.extProc, {
      Process: (call: ServerDuplexStream<WireRequest, WireResponse>) => carry(call, extProc),
    });
  }
  if (reflection !== undefined) {
    for (const name of [SERVICES.reflection, SERVICES.reflectionAlpha]) {
      addBidi(server, options.protos, name, { ServerReflectionInfo: reflectionHandler(reflection) });
    }
  }
  return {
    listen: (host, port) => listen(server, `${host.includes(':') ? `[${host}]` : host}:${port}`, options),
    drain: () => {
      endWatches();
      return new Promise((resolve) => server.tryShutdown(() => resolve()));
    },
    close: () => {
      for (const { sessions } of inside.http2Servers.values()) for (const each of sessions) each.destroy();
      server.forceShutdown();
    },
  };
}

function addBidi(
  server: Server,
  protos: PackageDefinition,
  name: string,
  handlers: UntypedServiceImplementation,
): void {
  server.addService(serviceOf(protos, name), handlers);
}

/** Serves the health; the result ends all who watch it, since a watch has no end of its own. */
function addHealth(server: Server, health: Health): () => void {
  const watches = new Set<ServerWritableStream<unknown, unknown>>();
  const implementation = new HealthImplementation(Object.fromEntries(health.statuses()));
  health.subscribe((service, serving) => implementation.setStatus(service, serving));
  implementation.addToServer({
    addService: (definition, handlers) => {
      const watch = handlers.watch as handleServerStreamingCall<unknown, unknown>;
      server.addService(definition, {
        ...handlers,
        watch: (call: ServerWritableStream<unknown, unknown>) => {
          watches.add(call);
          call.once('cancelled', () => watches.delete(call));
          watch(call);
        },
      });
    },
  });
  return () => {
    for (const call of watches) call.emit('error', { code: status.UNAVAILABLE, details: 'shutting down' });
  };
}

function listen(server: Server, address: string, options: GrpcServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentialsOf(options), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

function credentialsOf({ tls, clientCa }: GrpcServerOptions): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const authority = clientCa === undefined ? null : caProvider(clientCa);
  // The library's types name these two the other way round.
  return experimental.createCertificateProviderServerCredentials(
    identityProvider(tls),
    authority,
    clientCa !== undefined,
  );
}

/**
 * Gives the library the current pair and every later one: connections that are open stay. The library adds its
 * own watcher only after this call, and drops every connection until the watcher has seen a pair.
 */
function identityProvider(tls: TlsSource): experimental.CertificateProvider {
  return {
    addIdentityCertificateListener: (listener) => {
      queueMicrotask(() => listener(tls.current()));
      tls.subscribe(listener);
    },
    removeIdentityCertificateListener: () => undefined,
    addCaCertificateListener: () => undefined,
    removeCaCertificateListener: () => undefined,
  };
}

function caProvider(caCertificate: Buffer): experimental.CertificateProvider {
  return {
    addIdentityCertificateListener: () => undefined,
    removeIdentityCertificateListener: () => undefined,
    addCaCertificateListener: (listener) => queueMicrotask(() => listener({ caCertificate })),
    removeCaCertificateListener: () => undefined,
  };
}

/**
 * Connects one call with the stream adapter. State is freed on close or cancel, never on end: in full duplex
 * Envoy cancels every stream. While a slow reader leaves writes undrained, nothing more is read.
 */
function carry(call: ServerDuplexStream<WireRequest, WireResponse>, service: ExtProcService): void {
  let open = true;
  const handlers = service({
    send: (message) => {
      if (open && !call.write(message)) call.pause();
    },
    end: () => {
      if (open) call.end();
    },
    metadata: (key) => call.metadata.get(key)[0]?.toString(),
    authority: call.getHost(),
  });
  function close(): void {
    if (!open) return;
    open = false;
    handlers.onClose();
  }
  call.on('data', handlers.onMessage);
  call.on('drain', () => call.resume());
  call.on('end', handlers.onHalfClose);
  call.on('cancelled', close);
  call.on('close', close);
  call.on('error', close);
}

function reflectionHandler(reflection: Reflection) {
  return (call: ServerDuplexStream<ReflectionRequest, ReflectionResponse>) => {
    call.on('data', (request: ReflectionRequest) => call.write(reflection(request)));
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  };
}
