import { fetchPage, jsonOf, type Page } from '../client/fetch-page.ts';
import { refusalText } from '../client/refusal.ts';
import { type HostPort, hostPort } from '../sources/endpoints/host-port.ts';
import { LIVE_STATUS, type LiveStatus } from './live-status.ts';

/** What a running Serin answered, or why there is nothing to show. */
export type Asked =
  | { readonly kind: 'status'; readonly status: LiveStatus; readonly json: unknown }
  /** Nothing listens there, or does not answer in time. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly problem: string };

/** Where a running Serin is asked. */
export interface StatusSource {
  /** The first that has a status tells it. */
  readonly at: readonly HostPort[];
  readonly token: string | undefined;
}

const PATH = '/debug/status';

/** Asks a running Serin for its status; another program may have the port that it is looked for at first. */
export async function askStatus({ at, token }: StatusSource, signal: AbortSignal): Promise<Asked> {
  let refused: Asked | undefined;
  for (const each of at) {
    const page = await fetchPage(each, PATH, { signal, token });
    if (page.kind === 'failed') continue;
    const asked = read(page);
    if (asked.kind === 'status') return asked;
    if (asked.kind === 'refused') {
      refused ??= { kind: 'refused', problem: `${hostPort(each)}: ${asked.problem}` };
    }
  }
  return refused ?? { kind: 'silent' };
}

function read(page: Extract<Page, { kind: 'page' }>): Asked {
  const { status, body } = page;
  if (status === 404)
    return {
      kind: 'refused',
      problem: `there is no ${PATH}: it is another program, or another port of Serin`,
    };
  if (status !== 200) return { kind: 'refused', problem: refusalText(page) };
  const json = jsonOf(body);
  const { data } = LIVE_STATUS.safeParse(json);
  if (data === undefined)
    return { kind: 'refused', problem: 'its status is of another version than this program' };
  return { kind: 'status', status: data, json };
}
