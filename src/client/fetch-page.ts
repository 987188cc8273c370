import { Agent, request } from 'undici';
import { type HostPort, hostPort } from '../sources/endpoints/host-port.ts';
import { messageOf } from '../sources/files/system-error.ts';

/** A page that answered, whatever its status, or why it did not. */
export type Page =
  | { readonly kind: 'page'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly problem: string };

const TIMEOUT_MS = 5_000;
/** The config of a large mesh's Envoy is some tens of MiB. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** How a page is asked for. */
export interface FetchOptions {
  readonly signal: AbortSignal;
  /** A bearer token. */
  readonly token?: string | undefined;
}

/** Gets a page over plain HTTP; not by `fetch`, which refuses ports that browsers keep from (6000, 10080). */
export async function fetchPage(at: HostPort, path: string, { signal, token }: FetchOptions): Promise<Page> {
  const dispatcher = new Agent({ maxResponseSize: MAX_BODY_BYTES });
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { headers, signal: patience, dispatcher };
    const { statusCode, body } = await request(`http://${hostPort(at)}${path}`, options);
    return { kind: 'page', status: statusCode, body: Buffer.from(await body.arrayBuffer()) };
  } catch (error) {
    return { kind: 'failed', problem: messageOf(error) };
  } finally {
    await dispatcher.destroy();
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
