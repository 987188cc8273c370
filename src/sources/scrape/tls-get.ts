import { Agent, buildConnector, type Dispatcher } from 'undici';
import { createDeadline } from './deadline.ts';
import { CONNECT_TIMEOUT_MS, faultOf, KEEP_ALIVE_MS, TIMEOUT } from './get-fault.ts';
import type { GetRequest, GetResult, HttpGet } from './http-get.ts';
import type { PodTls } from './pod-tls.ts';
import { MAX_BODY_BYTES } from './read-response.ts';

/** Creates a client over TLS, whose connections live until the signal aborts; it sits on undici. */
export function createTlsGet(signal: AbortSignal, tls: PodTls): HttpGet {
  const agent = createAgent(tls);
  signal.addEventListener('abort', () => void agent.destroy(), { once: true });
  return async (get) => {
    const result = await ask(get);
    const { onPiece } = get;
    if (result.kind !== 'answered' || result.status !== 200 || onPiece === undefined) return result;
    onPiece(result.body);
    return { ...result, body: Buffer.alloc(0) };
  };

  async function ask(get: GetRequest): Promise<GetResult> {
    const deadline = createDeadline(get.timeoutMs, get.signal);
    const asked = { ...get, origin: `https://${get.address}`, expired: deadline.signal };
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
  }
}

function createAgent(tls: PodTls): Agent {
  return new Agent({
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The deadline of the question stands for all of them.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Asked for at each new connection, and never resumed: that would go on with the last certificate.
    connect: (options, done) =>
      buildConnector({ ...tls(), timeout: CONNECT_TIMEOUT_MS, allowH2: false, maxCachedSessions: 0 })(
        options,
        done,
      ),
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
      settle(TIMEOUT);
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
