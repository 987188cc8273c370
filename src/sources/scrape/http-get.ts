import { type Agent, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { createDeadline } from './deadline.ts';
import type { PodTls } from './pod-tls.ts';

/** One GET, as a pod is asked. */
export interface GetRequest {
  /** `ip:port`. */
  readonly address: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** For everything, a second attempt included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came of it; `refused` says that nothing listens there. */
export type GetResult =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'too_large' | 'connection' | 'certificate' };

/** Asks pods over HTTP with kept connections. */
export type HttpGet = (get: GetRequest) => Promise<GetResult>;

/** A page above this is not a metrics page. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/**
 * The kernel of a live machine takes connections also for a server that is busy, so only an address that is
 * gone, such as that of a removed container, takes this long.
 */
const CONNECT_TIMEOUT_MS = 200;
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** How pods are reached: in plaintext, or over TLS. */
interface Client {
  readonly request: typeof requestHttp | typeof requestHttps;
  readonly createAgent: (options: AgentOptions) => Agent;
}

/** Creates a client whose connections live until the signal aborts; without `tls` it speaks plaintext. */
export function createHttpGet(signal: AbortSignal, tls?: PodTls): HttpGet {
  const client = tls === undefined ? PLAIN : encrypted(tls);
  const agent = client.createAgent({ keepAlive: true, maxFreeSockets: 1024 });
  signal.addEventListener('abort', () => agent.destroy(), { once: true });
  return async (get) => {
    const deadline = createDeadline(get.timeoutMs, get.signal);
    try {
      const first = await attempt({ ...client, agent }, get, deadline.signal);
      // A server may close a kept connection at the very moment of its reuse, which says nothing about it; the
      // second attempt gets a connection of its own, since other kept ones may be closed as well.
      return first.reused && first.result.kind === 'failed' && first.result.reason === 'connection'
        ? (await attempt({ ...client, agent: client.createAgent({}) }, get, deadline.signal)).result
        : first.result;
    } finally {
      deadline.clear();
    }
  };
}

const PLAIN: Client = { request: requestHttp, createAgent: (options) => new HttpAgent(options) };

/** The options are asked for at each new connection, not at each request over a kept one. */
function encrypted(tls: PodTls): Client {
  return {
    request: requestHttps,
    createAgent: (options) => {
      // A resumed session would go on with the certificate of the one before it.
      const agent = new HttpsAgent({ ...options, maxCachedSessions: 0 });
      const connect = agent.createConnection.bind(agent);
      return Object.assign(agent, {
        createConnection: (...[given, done]: Parameters<typeof connect>) =>
          connect({ ...given, ...tls() }, done),
      });
    },
  };
}

interface Attempt {
  readonly result: GetResult;
  /** True if the connection had been used before. */
  readonly reused: boolean;
}

/** Asks once; `expired` aborts when the time is over. */
function attempt(
  { request, agent }: { readonly request: Client['request']; readonly agent: Agent },
  get: GetRequest,
  expired: AbortSignal,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const colon = get.address.lastIndexOf(':');
    const sent = request({
      agent,
      host: get.address.slice(0, colon).replace(/^\[|\]$/g, ''),
      port: Number(get.address.slice(colon + 1)),
      path: get.path,
      headers: { ...get.headers, accept: '*/*' },
      signal: expired,
    });
    const settle = (result: GetResult) => resolve({ result, reused: sent.reusedSocket });
    // An answer that breaks off because the time is over fails with the connection's error.
    const fail = (error: NodeJS.ErrnoException) =>
      settle(expired.aborted ? { kind: 'failed', reason: 'timeout' } : faultOf(error));
    sent.on('socket', (socket) => {
      if (socket.connecting) limitConnecting(socket, expired);
    });
    sent.on('error', fail);
    sent.on('response', (response) => collect(response, settle, fail));
    sent.end();
  });
}

function limitConnecting(socket: Socket, expired: AbortSignal): void {
  const deadline = createDeadline(CONNECT_TIMEOUT_MS, expired);
  const late = Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' });
  deadline.signal.addEventListener('abort', () => socket.destroy(late));
  socket.once('connect', deadline.clear);
  socket.once('close', deadline.clear);
}

/** OpenSSL's words for a certificate that is not taken, on either side. */
const CERTIFICATE_CODE = /CERT|SSL|TLS|SIGNATURE|INVALID_CA|MISMATCH/;

function faultOf({ code = '' }: NodeJS.ErrnoException): GetResult {
  if (REFUSED.has(code)) return { kind: 'refused' };
  if (code === 'ETIMEDOUT') return { kind: 'failed', reason: 'timeout' };
  return { kind: 'failed', reason: CERTIFICATE_CODE.test(code) ? 'certificate' : 'connection' };
}

function collect(
  response: IncomingMessage,
  settle: (result: GetResult) => void,
  fail: (error: NodeJS.ErrnoException) => void,
): void {
  const pieces: Buffer[] = [];
  let length = 0;
  response.on('data', (piece: Buffer) => {
    pieces.push(piece);
    length += piece.length;
    if (length <= MAX_BODY_BYTES) return;
    settle({ kind: 'failed', reason: 'too_large' });
    response.destroy();
  });
  response.on('error', fail);
  response.on('end', () =>
    settle({ kind: 'answered', status: response.statusCode ?? 0, body: Buffer.concat(pieces) }),
  );
}
