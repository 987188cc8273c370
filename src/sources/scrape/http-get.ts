import { Agent, type IncomingMessage, request } from 'node:http';

/** One GET, as a pod is asked. */
export interface GetRequest {
  /** `ip:port`. */
  readonly address: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came of it; `refused` says that nothing listens there. */
export type GetResult =
  | { readonly kind: 'answered'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'too_large' | 'connection' };

/** Asks pods over HTTP with kept connections. */
export type HttpGet = (get: GetRequest) => Promise<GetResult>;

/** A page above this is not a metrics page. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Creates a client whose connections live until the signal aborts. */
export function createHttpGet(signal: AbortSignal): HttpGet {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 });
  signal.addEventListener('abort', () => agent.destroy(), { once: true });
  return async (get) => {
    const first = await attempt(agent, get);
    // A server may close an idle connection at the very moment of its reuse: that says nothing about it.
    return first.reused && first.result.kind === 'failed' && first.result.reason === 'connection'
      ? (await attempt(agent, get)).result
      : first.result;
  };
}

interface Attempt {
  readonly result: GetResult;
  /** True if the connection had been used before. */
  readonly reused: boolean;
}

function attempt(agent: Agent, get: GetRequest): Promise<Attempt> {
  return new Promise((resolve) => {
    const colon = get.address.lastIndexOf(':');
    const host = get.address.slice(0, colon).replace(/^\[|\]$/g, '');
    const sent = request({
      agent,
      host,
      port: Number(get.address.slice(colon + 1)),
      path: get.path,
      headers: { ...get.headers, accept: '*/*' },
      signal: AbortSignal.any([get.signal, AbortSignal.timeout(get.timeoutMs)]),
    });
    const settle = (result: GetResult) => resolve({ result, reused: sent.reusedSocket });
    sent.on('error', (error: NodeJS.ErrnoException) => settle(faultOf(error)));
    sent.on('response', (response) => collect(response, settle));
    sent.end();
  });
}

function faultOf(error: NodeJS.ErrnoException): GetResult {
  if (REFUSED.has(error.code ?? '')) return { kind: 'refused' };
  return { kind: 'failed', reason: error.name === 'AbortError' ? 'timeout' : 'connection' };
}

function collect(response: IncomingMessage, settle: (result: GetResult) => void): void {
  const pieces: Buffer[] = [];
  let length = 0;
  response.on('data', (piece: Buffer) => {
    pieces.push(piece);
    length += piece.length;
    if (length <= MAX_BODY_BYTES) return;
    settle({ kind: 'failed', reason: 'too_large' });
    response.destroy();
  });
  response.on('error', (error: NodeJS.ErrnoException) => settle(faultOf(error)));
  response.on('end', () =>
    settle({ kind: 'answered', status: response.statusCode ?? 0, body: Buffer.concat(pieces) }),
  );
}
