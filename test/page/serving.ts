import { onTestFinished } from 'vitest';
import { type Page, startAdmin } from '../../src/server/admin.ts';
import { livePage } from '../../src/server/live-page.ts';
import type { SendEvent } from '../../src/server/server-sent-events.ts';
import type { LiveStatus } from '../../src/status/live-status.ts';

/** Serin's page with whatever status a test wants it to show. */
export interface ServedPage {
  readonly url: string;
  /** Sends a status to whoever looks, now and later. */
  readonly show: (status: LiveStatus) => Promise<void>;
  /** Ends it, as a Serin ends that is killed. */
  readonly kill: () => void;
  /** Serves it again at the same address. */
  readonly revive: () => Promise<void>;
}

/** Serves the page until the test ends; further pages may take the place of those that it asks. */
export async function servePage(
  first: LiveStatus,
  further: ReadonlyMap<string, Page> = new Map(),
): Promise<ServedPage> {
  const readers = new Set<SendEvent>();
  let status = first;
  const live: Page = () => ({
    run: async (send, signal) => {
      readers.add(send);
      await send(JSON.stringify(status));
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      readers.delete(send);
    },
  });
  const pages = new Map<string, Page>([...livePage(), ['/debug/live', live], ...further]);
  let stop = new AbortController();
  const start = (at: number) => startAdmin({ host: '127.0.0.1', port: at, pages }, stop.signal);
  const port = await start(0);
  onTestFinished(() => stop.abort());
  return {
    url: `http://127.0.0.1:${port}/`,
    show: async (next) => {
      status = next;
      await Promise.all([...readers].map((send) => send(JSON.stringify(next))));
    },
    kill: () => stop.abort(),
    revive: async () => {
      stop = new AbortController();
      await start(port);
    },
  };
}
