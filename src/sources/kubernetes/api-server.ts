import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ClusterAccess } from './cluster-access.ts';

/** What is sent along; without it a request is a GET. */
export interface Content {
  readonly method: 'POST';
  /** JSON. */
  readonly text: string;
}

/** Asks the API server; settles with the head of its answer, rejects if there is none. */
export type OpenApi = (path: string, signal: AbortSignal, content?: Content) => Promise<IncomingMessage>;

/** Creates the way to ask one cluster. */
export function createOpenApi({ server, authorize }: ClusterAccess): OpenApi {
  const base = new URL(server);
  const request = base.protocol === 'http:' ? requestHttp : requestHttps;
  return async (path, signal, content) => {
    const authorized: RequestOptions = await authorize();
    const options: RequestOptions = {
      ...authorized,
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port === '' ? null : base.port,
      path: `${base.pathname.replace(/\/$/, '')}${path}`,
      method: content?.method ?? 'GET',
      headers: {
        ...authorized.headers,
        accept: 'application/json',
        'user-agent': 'serin',
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal,
    };
    return new Promise((resolve, reject) => {
      const sent = request(options, resolve);
      sent.on('error', (cause) => {
        if (signal.aborted) dropIdle(options.agent);
        reject(cause);
      });
      sent.on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
      sent.end(content?.text);
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

/** A connection that has died without a word is noticed by the kernel. */
const KEEP_ALIVE_MS = 15_000;
