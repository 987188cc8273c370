import { LIVE_STATUS, type LiveStatus } from './live-status.ts';

/** What a running Serin answered, or why there is nothing to show. */
export type Asked =
  | { readonly kind: 'status'; readonly status: LiveStatus; readonly json: unknown }
  /** Nothing listens there, or does not answer in time. */
  | { readonly kind: 'silent'; readonly problem: string }
  | { readonly kind: 'refused'; readonly problem: string };

/** Where a running Serin is asked. */
export interface StatusSource {
  /** `host:port`, as URLs have it. */
  readonly at: string;
  readonly token: string | undefined;
}

const TIMEOUT_MS = 5_000;
const PATH = '/debug/status';

/** Asks a running Serin for its status. */
export async function askStatus({ at, token }: StatusSource, signal: AbortSignal): Promise<Asked> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const patience = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await fetch(`http://${at}${PATH}`, { headers, redirect: 'manual', signal: patience });
    return read(response.status, await response.text());
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: 'silent', problem: cause instanceof Error ? cause.message : String(cause) };
  }
}

function read(status: number, text: string): Asked {
  if (status === 404)
    return {
      kind: 'refused',
      problem: `there is no ${PATH}: it is another program, or another port of Serin`,
    };
  if (status !== 200) return { kind: 'refused', problem: `${status}: ${text.trim()}` };
  const json = jsonOf(text);
  const { data } = LIVE_STATUS.safeParse(json);
  if (data === undefined)
    return { kind: 'refused', problem: 'its status is of another version than this program' };
  return { kind: 'status', status: data, json };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
