import { Agent, buildConnector, type Dispatcher } from 'undici';
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

/** Longer than any pause between two questions. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Creates a client whose connections live until the signal aborts; without `tls` it speaks plaintext. It sits
 * on undici, since `node:http` costs a third more for each page.
 */
export function createHttpGet(signal: AbortSignal, tls?: PodTls): HttpGet {
  const scheme = tls === undefined ? 'http' : 'https';
  const agent = createAgent(tls);
  signal.addEventListener('abort', () => void agent.destroy(), { once: true });
  return async (get) => {
    const deadline = createDeadline(get.timeoutMs, get.signal);
    const asked = { ...get, origin: `${scheme}://${get.address}`, expired: deadline.signal };
    try {
      const first = await attempt(agent, asked);
      if (signal.aborted || first.kind !== 'failed' || first.reason !== 'connection') return first;
      // A server may close a kept connection at the very moment of its reuse, which says nothing about it; the
      // second attempt gets a connection of its own, since other kept ones may be closed as well.
      const fresh = createAgent(tls);
      return await attempt(fresh, asked).finally(() => fresh.destroy());
    } finally {
      deadline.clear();
    }
  };
}

function createAgent(tls: PodTls | undefined): Agent {
  const connect = { timeout: CONNECT_TIMEOUT_MS };
  return new Agent({
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The deadline of the question stands for all of them.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect:
      tls === undefined
        ? connect
        : // Asked for at each new connection, and never resumed: that would go on with the last certificate.
          (options, done) =>
            buildConnector({ ...tls(), ...connect, allowH2: false, maxCachedSessions: 0 })(options, done),
  });
}

interface Asked extends GetRequest {
  readonly origin: string;
  /** Aborts when the time is over. */
  readonly expired: AbortSignal;
}

function attempt(agent: Dispatcher, asked: Asked): Promise<GetResult> {
  const { origin, path, expired } = asked;
  return new Promise((resolve) => {
    const answer = createAnswer();
    let request: Dispatcher.DispatchController | undefined;

    function settle(result: GetResult): void {
      expired.removeEventListener('abort', giveUp);
      resolve(result);
    }

    function giveUp(): void {
      settle({ kind: 'failed', reason: 'timeout' });
      request?.abort(new Error('the time is over'));
    }

    if (expired.aborted) return giveUp();
    expired.addEventListener('abort', giveUp);
    agent.dispatch(
      { origin, path, method: 'GET', headers: { ...asked.headers, accept: '*/*' } },
      {
        onRequestStart: (controller) => {
          request = controller;
          if (expired.aborted) giveUp();
        },
        onResponseStart: (_, status) => answer.begin(status),
        onResponseData: (controller, piece) => {
          if (answer.take(piece)) return;
          settle({ kind: 'failed', reason: 'too_large' });
          controller.abort(new Error('the page is too large'));
        },
        onResponseEnd: () => settle(answer.whole()),
        onResponseError: (_, error) => settle(faultOf(error)),
      },
    );
  });
}

/** Gathers an answer. */
function createAnswer() {
  const pieces: Buffer[] = [];
  let length = 0;
  let status = 0;
  return {
    begin: (code: number) => {
      status = code;
    },
    /** False if it grows too large. */
    take: (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      return length <= MAX_BODY_BYTES;
    },
    whole: (): GetResult => {
      const [only] = pieces;
      const body = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
      return { kind: 'answered', status, body };
    },
  };
}

/** OpenSSL's words for a certificate that is not taken, on either side. */
const CERTIFICATE_CODE = /CERT|SSL|TLS|SIGNATURE|INVALID_CA|MISMATCH/;
const TOO_LATE: ReadonlySet<string> = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

function faultOf({ code = '' }: NodeJS.ErrnoException): GetResult {
  if (REFUSED.has(code)) return { kind: 'refused' };
  if (TOO_LATE.has(code)) return { kind: 'failed', reason: 'timeout' };
  return { kind: 'failed', reason: CERTIFICATE_CODE.test(code) ? 'certificate' : 'connection' };
}
