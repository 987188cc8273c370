/** How one request went: when it was sent, counted from 0, and its status; 0 if the connection broke. */
export interface Sample {
  readonly order: number;
  readonly status: number;
}

/** Requests that go on until they are told to end. */
export interface Traffic {
  /** How many requests have been sent so far. */
  readonly sent: () => number;
  /** Sends no more, and resolves to all samples once the last is answered. */
  readonly end: () => Promise<readonly Sample[]>;
}

/** Sends requests from `width` workers, each its next one once it has an answer. */
export function startTraffic(width: number, send: (order: number) => Promise<number>): Traffic {
  const samples: Sample[] = [];
  let sent = 0;
  let ended = false;

  async function work(): Promise<void> {
    while (!ended) {
      const order = sent++;
      const status = await send(order).catch(() => 0);
      samples.push({ order, status });
    }
  }

  const workers = Array.from({ length: width }, work);
  return {
    sent: () => sent,
    end: async () => {
      ended = true;
      await Promise.all(workers);
      return samples;
    },
  };
}

/** The samples that were not answered 200. */
export function failuresOf(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ status }) => status !== 200);
}
