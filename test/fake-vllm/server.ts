import { onTestFinished } from 'vitest';
import { createFakeVllm, type FakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import type { FakeVllmOptions } from '../../src/fake-vllm/options.ts';

/** An answer as a client sees it; `body` is parsed if it is JSON. */
export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** A simulator that ends with its test, and its client. */
export interface TestServer {
  readonly fake: FakeVllm;
  readonly url: string;
  readonly get: (path: string) => Promise<Answer>;
  readonly remove: (path: string) => Promise<Answer>;
  /** Posts JSON, or a text as it is. */
  readonly post: (path: string, body: unknown, headers?: Headers) => Promise<Answer>;
  /** Posts and gives the response whose body has not been read. */
  readonly open: (path: string, body: unknown, signal?: AbortSignal) => Promise<Response>;
  /** The value of a sample on `/metrics`: its name, and labels in the order of the page. */
  readonly sample: (name: string) => Promise<number | undefined>;
}

interface Headers {
  readonly [name: string]: string;
}

/** 2026-01-01, on a clock that stands still. */
export const NOW_MS = Date.UTC(2026, 0, 1);
/** Options that make answers the same each time. */
export const FIXED: Partial<FakeVllmOptions> = { nowMs: () => NOW_MS, newId: () => 'id' };

/** Two adapters with a slot each. */
export const TWO_ADAPTERS: Partial<FakeVllmOptions> = {
  loraModules: [
    { name: 'sql-lora', path: '/adapters/sql' },
    { name: 'tweet-summary', path: '/adapters/tweet' },
  ],
  maxLoras: 2,
  maxCpuLoras: 2,
};

const JSON_TYPE = { 'content-type': 'application/json' };

/** Starts a simulator. */
export async function startServer(
  options: Partial<FakeVllmOptions> = TWO_ADAPTERS,
  host = '127.0.0.1',
): Promise<TestServer> {
  const fake = createFakeVllm(options);
  const port = await fake.listen(host, 0);
  onTestFinished(fake.close);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const ask = async (path: string, init: RequestInit) => answerOf(await fetch(url + path, init));
  return {
    fake,
    url,
    get: (path) => ask(path, {}),
    remove: (path) => ask(path, { method: 'DELETE' }),
    post: (path, body, headers = JSON_TYPE) => ask(path, { method: 'POST', headers, body: textOf(body) }),
    open: (path, body, signal) =>
      fetch(url + path, {
        method: 'POST',
        headers: JSON_TYPE,
        body: textOf(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    sample: async (name) => {
      const page = await (await fetch(`${url}/metrics`)).text();
      const line = page.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length));
    },
  };
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

async function answerOf(response: Response): Promise<Answer> {
  const type = response.headers.get('content-type');
  const text = await response.text();
  return { status: response.status, type, body: type === 'application/json' ? JSON.parse(text) : text };
}

/** Reads the events of a stream one by one, parsed, or as the word that they are. */
export async function* eventsOf(response: Response): AsyncGenerator<unknown> {
  let text = '';
  for await (const piece of response.body ?? []) {
    text += new TextDecoder().decode(piece);
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const sent = event.slice('data: '.length);
      yield sent === '[DONE]' ? sent : JSON.parse(sent);
    }
  }
}

/** Reads all events of a stream. */
export async function allEventsOf(response: Response): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for await (const event of eventsOf(response)) events.push(event);
  return events;
}
