/** What has reached a server, for tests that ask which pod got what. */
export interface Received {
  /** Notes a request to a `/v1` endpoint with a body. */
  readonly note: (body: Buffer, model: string) => void;
  readonly answered: () => void;
  /** Requests by the model in their body; `-` stands for none that can be read. */
  readonly byModel: () => ReadonlyMap<string, number>;
  readonly total: () => number;
  /** Requests that were answered in full. */
  readonly totalAnswered: () => number;
  readonly lastBody: () => Buffer | undefined;
}

/** Creates an empty count. */
export function createReceived(): Received {
  const models = new Map<string, number>();
  let total = 0;
  let answered = 0;
  let last: Buffer | undefined;
  return {
    note: (body, model) => {
      total += 1;
      last = body;
      models.set(model, (models.get(model) ?? 0) + 1);
    },
    answered: () => {
      answered += 1;
    },
    byModel: () => models,
    total: () => total,
    totalAnswered: () => answered,
    lastBody: () => last,
  };
}
