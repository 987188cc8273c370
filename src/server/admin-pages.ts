import type { Page, PageContent, Pages } from './admin.ts';

/** What the pages show. */
export interface AdminFigures {
  /** The metrics page and its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Empty when ready; else what is still waited for. */
  readonly notReady: () => readonly string[];
  /** What else there is to know of the sources, ready or not. */
  readonly details: () => object;
  /** What Serin knows, to be shown as JSON. */
  readonly snapshot: () => unknown;
}

/** The pages for machines, which anybody may read. */
export function probePages({ metrics, notReady, details }: AdminFigures): Pages {
  return new Map<string, Page>([
    ['/metrics', async () => ({ status: 200, ...(await metrics()) })],
    ['/healthz', () => ({ status: 200, type: 'text/plain', text: 'ok\n' })],
    [
      '/readyz',
      () => {
        const waitingFor = notReady();
        const ready = waitingFor.length === 0;
        return json(ready ? 200 : 503, { ready, waitingFor, ...details() });
      },
    ],
  ]);
}

/** The pages for people. */
export function debugPages({ snapshot }: AdminFigures): Pages {
  return new Map([['/debug/snapshot', () => json(200, snapshot())]]);
}

function json(status: number, value: unknown): PageContent {
  return { status, type: 'application/json', text: `${JSON.stringify(value, undefined, 2)}\n` };
}
