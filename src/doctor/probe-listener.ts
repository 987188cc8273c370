import { type ClientHttp2Session, connect } from 'node:http2';
import { TLSSocket } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { type HostPort, hostPort } from '../sources/endpoints/host-port.ts';
import { messageOf } from '../sources/files/system-error.ts';
import type { AuthorityAnswers, ListenerFact } from './listener.ts';

const TIMEOUT_MS = 3_000;
/** An empty HealthCheckRequest: not compressed, of length 0. */
const EMPTY_MESSAGE = Buffer.alloc(5);
const CHECK = '/grpc.health.v1.Health/Check';

/** Finds out what a gRPC port speaks, and asks it for its health under each authority. */
export async function probeListener(
  at: HostPort,
  authorities: readonly string[],
  signal: AbortSignal,
): Promise<ListenerFact> {
  const where = hostPort(at);
  const problems: string[] = [];
  for (const scheme of ['https', 'http'] as const) {
    const session = connect(`${scheme}://${where}`, { rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    try {
      const opened = await settled(session, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
      const encrypted = opened.peer?.alpnProtocol === 'h2';
      if (opened.problem !== undefined && !encrypted) problems.push(opened.problem);
      // With the handshake done the port speaks TLS, though not with everybody.
      else return await describe(session, opened, { where, authorities: opened.problem ? [] : authorities });
    } finally {
      session.destroy();
    }
  }
  return { kind: 'silent', where, problem: problems.at(-1) ?? '' };
}

interface Opened {
  /** The socket of a TLS handshake that was done. */
  readonly peer: TLSSocket | undefined;
  /** Why there is no HTTP/2; undefined if there is. */
  readonly problem: string | undefined;
}

/** Waits for the server's SETTINGS, with which HTTP/2 begins. */
function settled(session: ClientHttp2Session, patience: AbortSignal): Promise<Opened> {
  return new Promise((resolve) => {
    let peer: TLSSocket | undefined;
    const fail = (problem: string) => resolve({ peer, problem });
    session.once('connect', (_, socket) => {
      if (socket instanceof TLSSocket) peer = socket;
    });
    session.once('remoteSettings', () => resolve({ peer, problem: undefined }));
    session.on('error', (error) => fail(messageOf(error)));
    session.once('close', () => fail('the connection was closed'));
    patience.addEventListener('abort', () => fail('no answer in time'), { once: true });
  });
}

interface Port {
  readonly where: string;
  readonly authorities: readonly string[];
}

async function describe(session: ClientHttp2Session, { peer }: Opened, port: Port): Promise<ListenerFact> {
  const { where } = port;
  const selfSigned = peer !== undefined && isSelfSigned(peer);
  const answers: (readonly [string, 'answered' | 'reset'])[] = [];
  for (const authority of port.authorities) answers.push([authority, await check(session, authority)]);
  const authorities: AuthorityAnswers = new Map(answers);
  if (peer === undefined) return { kind: 'plaintext', where, authorities };
  return { kind: 'tls', where, authorities, selfSigned };
}

function isSelfSigned(peer: TLSSocket): boolean {
  const { subject, issuer } = peer.getPeerCertificate();
  return isDeepStrictEqual(subject, issuer);
}

function check(session: ClientHttp2Session, authority: string): Promise<'answered' | 'reset'> {
  return new Promise((resolve) => {
    const call = session.request({
      ...{ ':method': 'POST', ':path': CHECK, ':authority': authority },
      ...{ 'content-type': 'application/grpc', te: 'trailers' },
    });
    call.setTimeout(TIMEOUT_MS, () => call.close());
    call.once('response', () => resolve('answered'));
    call.once('error', () => resolve('reset'));
    call.once('close', () => resolve('reset'));
    call.resume();
    call.end(EMPTY_MESSAGE);
  });
}
