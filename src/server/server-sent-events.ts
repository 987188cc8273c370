import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Sends one event, JSON without line ends; resolves when the reader takes more, so that a slow one costs no memory. */
export type SendEvent = (json: string) => Promise<void>;

/** Sends what `run` sends as server-sent events; its signal aborts when the reader leaves. */
export async function sendEvents(
  reader: Writable,
  run: (send: SendEvent, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = new AbortController();
  reader.once('close', () => left.abort());
  // What is written to a reader that has left is no fault: its close says so.
  reader.on('error', () => undefined);
  const { signal } = left;
  const send: SendEvent = async (json) => {
    if (!signal.aborted && !reader.write(`data: ${json}\n\n`)) {
      await once(reader, 'drain', { signal }).catch(() => undefined);
    }
  };
  await run(send, signal);
  reader.end();
}
