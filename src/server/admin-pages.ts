import { pause } from '../sources/files/wake.ts';
import { WINDOWS_PATH } from '../sources/peers/peers.ts';
import type { Page, PageContent, Pages } from './admin.ts';
import type { SendEvent } from './server-sent-events.ts';

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
  /** What the live page and `serin status` show. */
  readonly status: () => unknown;
  /** What other replicas read, in JSON; nothing that the metrics do not tell. */
  readonly windows: () => unknown;
}

/** The pages for machines, which anybody may read. */
export function probePages({ metrics, notReady, details, windows }: AdminFigures): Pages {
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
    [WINDOWS_PATH, () => ({ status: 200, type: 'application/json', text: JSON.stringify(windows()) })],
  ]);
}

/** The pages for people. */
export function debugPages({ snapshot, status }: AdminFigures): Pages {
  return new Map<string, Page>([
    ['/debug/snapshot', () => json(200, snapshot())],
    ['/debug/status', () => json(200, status())],
    ['/debug/live', () => ({ run: (send, signal) => sendOften(send, status, signal) })],
  ]);
}

/** How often a reader of the live page hears of what is new. */
const LIVE_INTERVAL_MS = 1_000;

async function sendOften(send: SendEvent, value: () => unknown, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await send(value());
    await pause(LIVE_INTERVAL_MS, signal);
  }
}

function json(status: number, value: unknown): PageContent {
  return { status, type: 'application/json', text: `${JSON.stringify(value, undefined, 2)}\n` };
}
