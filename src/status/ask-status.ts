import { fetchPage, jsonOf } from '../client/fetch-page.ts';
import type { HostPort } from '../sources/endpoints/host-port.ts';
import { LIVE_STATUS, type LiveStatus } from './live-status.ts';

/** What a running Serin answered, or why there is nothing to show. */
export type Asked =
  | { readonly kind: 'status'; readonly status: LiveStatus; readonly json: unknown }
  /** Nothing listens there, or does not answer in time. */
  | { readonly kind: 'silent'; readonly problem: string }
  | { readonly kind: 'refused'; readonly problem: string };

/** Where a running Serin is asked. */
export interface StatusSource {
  readonly at: HostPort;
  readonly token: string | undefined;
}

const PATH = '/debug/status';

/** Asks a running Serin for its status. */
export async function askStatus({ at, token }: StatusSource, signal: AbortSignal): Promise<Asked> {
  const page = await fetchPage(at, PATH, { signal, token });
  return page.kind === 'failed' ? { kind: 'silent', problem: page.problem } : read(page.status, page.body);
}

function read(status: number, body: Buffer): Asked {
  if (status === 404)
    return {
      kind: 'refused',
      problem: `there is no ${PATH}: it is another program, or another port of Serin`,
    };
  if (status !== 200) return { kind: 'refused', problem: `${status}: ${body.toString().trim()}` };
  const json = jsonOf(body);
  const { data } = LIVE_STATUS.safeParse(json);
  if (data === undefined)
    return { kind: 'refused', problem: 'its status is of another version than this program' };
  return { kind: 'status', status: data, json };
}
