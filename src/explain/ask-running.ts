import { fetchPage, jsonOf } from '../client/fetch-page.ts';
import { refusalText } from '../client/refusal.ts';
import { type Question, questionQuery } from '../server/explain-page.ts';
import { type HostPort, hostPort } from '../sources/endpoints/host-port.ts';

/** An answer of a Serin that runs, or why there is none. */
export type RunningAnswer =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly problem: string };

/** Who is asked, and as whom. */
export interface Asked {
  /** Its pages for people; the first that has them answers. */
  readonly at: readonly HostPort[];
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/** Asks a running Serin how it would decide a request; it sees names and hashes, and no body. */
export async function askRunning(question: Question, { at, token, signal }: Asked): Promise<RunningAnswer> {
  const path = `/debug/explain?${questionQuery(question)}`;
  const problems: string[] = [];
  for (const each of at) {
    const page = await fetchPage(each, path, { signal, token });
    if (page.kind === 'failed') problems.push(`${hostPort(each)}: ${page.problem}`);
    else if (page.status !== 200) problems.push(`${hostPort(each)}: ${refusalText(page)}`);
    else return { kind: 'answered', answer: jsonOf(page.body) };
  }
  return { kind: 'failed', problem: problems.join('; ') };
}
