import { type ClientHttp2Session, connect } from 'node:http2';
import { TLSSocket } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { HostPort } from '../sources/endpoints/host-port.ts';
import { messageOf } from '../sources/files/system-error.ts';
import { hostPort } from './fetch-page.ts';
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
      if (opened.kind === 'failed' && !opened.encrypted) problems.push(opened.problem);
      else
        return await describe(session, {
          where,
          scheme,
          authorities: opened.kind === 'open' ? authorities : [],
        });
    } finally {
      session.destroy();
    }
  }
  return { kind: 'silent', where, problem: problems.at(-1) ?? '' };
}

type Opened =
  | { readonly kind: 'open' }
  /** `encrypted` if the handshake was done: then the port speaks TLS, but not with everybody. */
  | { readonly kind: 'failed'; readonly encrypted: boolean; readonly problem: string };

/** Waits for the server's SETTINGS, with which HTTP/2 begins. */
function settled(session: ClientHttp2Session, patience: AbortSignal): Promise<Opened> {
  return new Promise((resolve) => {
    let encrypted = false;
    const fail = (problem: string) => resolve({ kind: 'failed', encrypted, problem });
    session.once('connect', (_, socket) => {
      encrypted = socket instanceof TLSSocket;
    });
    session.once('remoteSettings', () => resolve({ kind: 'open' }));
    session.on('error', (error) => fail(messageOf(error)));
    session.once('close', () => fail('the connection was closed'));
    patience.addEventListener('abort', () => fail('no answer in time'), { once: true });
  });
}

interface Port {
  readonly where: string;
  readonly scheme: 'https' | 'http';
  readonly authorities: readonly string[];
}

async function describe(session: ClientHttp2Session, port: Port): Promise<ListenerFact> {
  const { where, scheme } = port;
  const selfSigned = isSelfSigned(session);
  const answers: (readonly [string, 'answered' | 'reset'])[] = [];
  for (const authority of port.authorities) answers.push([authority, await check(session, authority)]);
  const authorities: AuthorityAnswers = new Map(answers);
  return scheme === 'http'
    ? { kind: 'plaintext', where, authorities }
    : { kind: 'tls', where, authorities, selfSigned };
}

function isSelfSigned({ socket }: ClientHttp2Session): boolean {
  if (!('getPeerCertificate' in socket) || typeof socket.getPeerCertificate !== 'function') return false;
  const { subject, issuer } = socket.getPeerCertificate();
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
