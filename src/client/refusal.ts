import { printable } from '../printable.ts';
import type { Page } from './fetch-page.ts';

/** A refusal is a line; another program may answer with a page of any length. */
const MOST = 200;

/** What a server has said in place of a page, as a line for a terminal. */
export function refusalText({ status, body }: Extract<Page, { kind: 'page' }>): string {
  const text = body.toString('utf8', 0, 4 * MOST).trim();
  return printable(`${status} ${text.length > MOST ? `${text.slice(0, MOST)}…` : text}`).trimEnd();
}
