import { type Client, servedModel } from '../e2e/client.ts';

/** A request that was answered, or whose connection broke: then its status is 0. */
export interface Sent {
  /** Requests are numbered in the order in which they are sent. */
  readonly number: number;
  readonly status: number;
  /** The adapter that served it. */
  readonly model: string | undefined;
}

/** Requests that are sent one after the other by several workers until told to stop. */
export interface Traffic {
  /** The number of the next request. */
  readonly next: () => number;
  /** True once every request with a lower number is settled, and at least as many are. */
  readonly settled: (before: number) => boolean;
  readonly stop: () => Promise<readonly Sent[]>;
}

/** Starts to ask for one token of a model, over and over. */
export function startTraffic(client: Client, model: string, workers: number): Traffic {
  const settled: Sent[] = [];
  const open = new Set<number>();
  let next = 0;
  let stopped = false;

  async function ask(number: number): Promise<Sent> {
    try {
      const answer = await client.complete(model, { max_tokens: 1 });
      const served = answer.status === 200 ? servedModel(answer) : undefined;
      return { number, status: answer.status, model: served };
    } catch {
      return { number, status: 0, model: undefined };
    }
  }

  async function work(): Promise<void> {
    while (!stopped) {
      const number = next;
      next += 1;
      open.add(number);
      settled.push(await ask(number));
      open.delete(number);
    }
  }

  const working = Promise.all(Array.from({ length: workers }, work));
  return {
    next: () => next,
    settled: (before) => next >= before && [...open].every((number) => number >= before),
    stop: async () => {
      stopped = true;
      await working;
      return settled;
    },
  };
}
