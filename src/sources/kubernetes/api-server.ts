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
      sent.on('error', reject);
      sent.on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
      sent.end(content?.text);
    });
  };
}

/** A connection that has died without a word is noticed by the kernel. */
const KEEP_ALIVE_MS = 15_000;
