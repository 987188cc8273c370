import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import { finishShutdown } from './connection.ts';
import { TIMEOUTS } from './limits.ts';
import type { Session, SessionOptions } from './session.ts';
import { createSession } from './session.ts';
import { shutDownSession, sweepSession } from './sweep.ts';

/** The certificates of a server now and later. */
export interface ServerCredentials {
  readonly current: () => SecureContextOptions;
  /** Calls the listener with every later pair; connections that are open stay. */
  readonly subscribe: (listener: () => void) => void;
  /** A client without a certificate of the authority in `ca` is refused. */
  readonly requireClientCertificate: boolean;
}

/** What a server is built from. */
export interface Http2ServerOptions<Owner> extends Omit<SessionOptions<Owner>, 'onPong' | 'onClose'> {
  /** Absent for plaintext with prior knowledge (RFC 9113 §3.3). */
  readonly credentials?: ServerCredentials;
  readonly maxConnections: number;
  /** A connection that ended by its peer's fault, or was not taken; for the log. */
  readonly onRefused: (peer: string, reason: string) => void;
}

/** An HTTP/2 server on one port. */
export interface Http2Server {
  readonly listen: (host: string, port: number) => Promise<number>;
  /** Takes no more connections and streams; resolves when the last one has ended. */
  readonly drain: () => Promise<void>;
  readonly close: () => void;
}

const SWEEP_MS = 1000;

/** Creates a server that answers over HTTP/2 alone. */
export function createHttp2Server<Owner>(options: Http2ServerOptions<Owner>): Http2Server {
  const sessions = new Set<Session<Owner>>();
  /** Every socket, also one whose TLS handshake goes on. */
  const sockets = new Set<Socket>();
  let draining = false;

  function accept(socket: Socket): void {
    const peer = String(socket.remoteAddress);
    const session = createSession<Owner>(socket, {
      ...options,
      onPong: (ponged) => {
        ponged.pingedAtMs = undefined;
        if (ponged.connection.shutdown === 'announced') finishShutdown(ponged.connection);
      },
      onClose: (closed) => {
        sessions.delete(closed);
        if (closed.connection.failed !== undefined) options.onRefused(peer, closed.connection.failed.reason);
      },
    });
    sessions.add(session);
    if (draining) shutDownSession(session, options.now());
  }

  const server = createListener(options, accept);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.maxConnections = options.maxConnections;
  server.on('drop', (dropped) => {
    options.onRefused(String(dropped?.remoteAddress), `more than ${options.maxConnections} connections`);
  });
  const sweeper = setInterval(() => {
    const nowMs = options.now();
    for (const session of sessions) sweepSession(session, nowMs);
  }, SWEEP_MS);
  sweeper.unref();

  return {
    listen: (host, port) => listen(server, host, port),
    drain: () => {
      draining = true;
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) shutDownSession(session, options.now());
      return ended;
    },
    close: () => {
      clearInterval(sweeper);
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function createListener<Owner>(
  { credentials, onRefused }: Http2ServerOptions<Owner>,
  accept: (socket: Socket) => void,
): Server {
  if (credentials === undefined) return createServer({ noDelay: true }, accept);
  const server = createTlsServer({ ...tlsOptions(credentials), noDelay: true }, (socket: TLSSocket) => {
    socket.disableRenegotiation();
    accept(socket);
  });
  server.on('tlsClientError', (error, socket) => onRefused(String(socket.remoteAddress), error.message));
  credentials.subscribe(() => server.setSecureContext(tlsOptions(credentials)));
  return server;
}

/**
 * TLS as RFC 9113 §9.2 asks for it; each socket forbids the renegotiation of TLS 1.2 (§9.2.1). A client that
 * offers other protocols only is refused by the TLS library; one that offers none goes on, and its preface
 * decides.
 */
function tlsOptions({ current, requireClientCertificate }: ServerCredentials): TlsOptions {
  return {
    ...current(),
    ALPNProtocols: ['h2'],
    minVersion: 'TLSv1.2',
    handshakeTimeout: TIMEOUTS.handshakeMs,
    requestCert: requireClientCertificate,
    rejectUnauthorized: requireClientCertificate,
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
