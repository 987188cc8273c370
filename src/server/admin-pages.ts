import { setTimeout } from 'node:timers/promises';
import { WINDOWS_PATH } from '../sources/peers/peers.ts';
import type { Page, PageContent, Pages } from './admin.ts';
import type { SendEvent } from './server-sent-events.ts';
import { createSharedText, type Edition } from './shared-text.ts';

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
  const shared = sharedJson(windows);
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
    [WINDOWS_PATH, () => ({ status: 200, type: 'application/json', text: shared().text })],
  ]);
}

/** The pages for people. */
export function debugPages({ snapshot, status }: AdminFigures): Pages {
  const shared = sharedJson(status);
  return new Map<string, Page>([
    ['/debug/snapshot', () => json(200, snapshot())],
    ['/debug/status', () => json(200, status())],
    ['/debug/live', () => ({ run: (send, signal) => sendOften(send, shared, signal) })],
  ]);
}

/** How often a reader of the live page hears of what is new, and another replica of the windows. */
const EDITION_MS = 1_000;

/** Putting the figures of some hundred targets together takes milliseconds, which is done once for all readers. */
function sharedJson(value: () => unknown): () => Edition {
  return createSharedText({
    build: () => JSON.stringify(value()),
    pause: () => setTimeout(EDITION_MS, undefined, { ref: false }),
  });
}

async function sendOften(send: SendEvent, shared: () => Edition, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { text, over } = shared();
    await send(text);
    await over;
  }
}

function json(status: number, value: unknown): PageContent {
  return { status, type: 'application/json', text: `${JSON.stringify(value, undefined, 2)}\n` };
}
