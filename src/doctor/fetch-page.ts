import type { HostPort } from '../sources/endpoints/host-port.ts';
import { messageOf } from '../sources/files/system-error.ts';

/** A page that answered, whatever its status, or why it did not. */
export type Page =
  | { readonly kind: 'page'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly problem: string };

const TIMEOUT_MS = 5_000;

/** Where a Serin has `/debug` within reach: in a cluster by a port-forward, and with pods from files. */
export const LOCAL_ADMIN: readonly HostPort[] = [9091, 9090].map((port) => ({ host: '127.0.0.1', port }));

/** Writes a host and a port as URLs have them. */
export function hostPort({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** How a page is asked for. */
export interface FetchOptions {
  readonly signal: AbortSignal;
  /** A bearer token. */
  readonly token?: string | undefined;
}

/** Gets a page over plain HTTP. */
export async function fetchPage(at: HostPort, path: string, { signal, token }: FetchOptions): Promise<Page> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const url = `http://${hostPort(at)}${path}`;
    const response = await fetch(url, { headers, signal: patience, redirect: 'manual' });
    return { kind: 'page', status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: 'failed', problem: messageOf(cause) };
  }
}

/** A page's body as JSON; undefined if it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
