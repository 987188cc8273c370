import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ClusterAccess } from './cluster-access.ts';

/** What makes a request another one than a GET. */
export interface Sent {
  readonly method: 'POST' | 'PATCH';
  readonly contentType: string;
  readonly body: string;
}

/** Asks the API server; settles with the head of its answer, rejects if there is none. */
export type OpenApi = (path: string, signal: AbortSignal, sent?: Sent) => Promise<IncomingMessage>;

/** Creates the way to ask one cluster. */
export function createOpenApi({ server, authorize }: ClusterAccess): OpenApi {
  const base = new URL(server);
  const request = base.protocol === 'http:' ? requestHttp : requestHttps;
  return async (path, signal, sent) => {
    const authorized: RequestOptions = await authorize();
    const options: RequestOptions = {
      ...authorized,
      method: sent?.method ?? 'GET',
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port === '' ? null : base.port,
      path: `${base.pathname.replace(/\/$/, '')}${path}`,
      headers: { ...authorized.headers, ...headersOf(sent) },
      signal,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, resolve);
      outgoing.on('error', (cause) => {
        if (signal.aborted) dropIdle(options.agent);
        reject(cause);
      });
      outgoing.on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
      outgoing.end(sent?.body);
    });
  };
}

/**
 * An answer that did not come in time may have been asked for over a connection that had died without a word; then
 * the idle ones have died as well, and each would cost the next request its time.
 */
function dropIdle(agent: RequestOptions['agent']): void {
  if (typeof agent !== 'object') return;
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

function headersOf(sent: Sent | undefined): Readonly<Record<string, string>> {
  const always = { accept: 'application/json', 'user-agent': 'serin' };
  return sent === undefined ? always : { ...always, 'content-type': sent.contentType };
}

/** A connection that has died without a word is noticed by the kernel. */
const KEEP_ALIVE_MS = 15_000;
