import type { Http2Session } from 'node:http2';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { experimental, Server, ServerCredentials } from '@grpc/grpc-js';
import { asBuffer } from '../core/as-buffer.ts';
import type { GrpcServer, GrpcServerOptions } from './grpc-server.ts';
import type { Method } from './method.ts';
import { createServices } from './services.ts';
import { OK } from './status.ts';
import type { TlsSource } from './tls.ts';

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
    'grpc.max_receive_message_length': options.maxReceiveBytes,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
  });
  const inside = server as unknown as ServerInside;
  Object.assign(inside.commonServerOptions, RESETS);
  const { methods, endWatches } = createServices(options);
  for (const method of methods) mount(server, method);
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

/** Every method is mounted with messages both ways: on the wire a unary one is no different. */
function mount(server: Server, method: Method): void {
  server.register<Uint8Array, Uint8Array>(
    method.path,
    (call: ServerDuplexStream<Uint8Array, Uint8Array>) => carry(call, method),
    asBuffer,
    (bytes) => bytes,
    'bidi',
  );
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
 * Connects one call with its method. State is freed on close or cancel, never on end: in full duplex Envoy
 * cancels every stream. While a slow reader leaves writes undrained, nothing more is read.
 */
function carry(call: ServerDuplexStream<Uint8Array, Uint8Array>, method: Method): void {
  let open = true;
  let ended = false;
  const handlers = method.accept({
    send: (pieces) => {
      if (open && !ended && !call.write(Buffer.concat(pieces))) call.pause();
    },
    end: (status = OK) => {
      if (!open || ended) return;
      ended = true;
      if (status.code === OK.code) call.end();
      else call.emit('error', { code: status.code, details: status.message });
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
