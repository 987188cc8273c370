import type { IncomingHttpHeaders } from 'node:http';

/** A request as it has arrived, whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What has reached a server, for tests that ask which pod got what. */
export interface Received {
  /** Notes a request for a generation or an embedding. */
  readonly note: (request: ReceivedRequest, model: string) => void;
  readonly answered: () => void;
  /** Requests by the model in their body; `-` stands for none that can be read. */
  readonly byModel: () => ReadonlyMap<string, number>;
  readonly total: () => number;
  /** Requests that were answered in full. */
  readonly totalAnswered: () => number;
  readonly lastBody: () => Buffer | undefined;
  /** The last requests, the newest at the end; as many as the server was told to keep. */
  readonly last: () => readonly ReceivedRequest[];
}

/** Creates an empty count that keeps the last `keep` requests. */
export function createReceived(keep: number): Received {
  const models = new Map<string, number>();
  const last: ReceivedRequest[] = [];
  let total = 0;
  let answered = 0;
  let lastBody: Buffer | undefined;
  return {
    note: ({ method, path, headers, body }, model) => {
      total += 1;
      lastBody = body;
      models.set(model, (models.get(model) ?? 0) + 1);
      if (keep === 0) return;
      last.push({ method, path, headers, body });
      if (last.length > keep) last.shift();
    },
    answered: () => {
      answered += 1;
    },
    byModel: () => models,
    total: () => total,
    totalAnswered: () => answered,
    lastBody: () => lastBody,
    last: () => last,
  };
}
