import { expect } from 'vitest';
import type { Answer, Client } from '../e2e/client.ts';

/** Requests that go on while something happens to the cluster. */
export interface Traffic {
  /** How many answers there have been so far. */
  readonly answered: () => number;
  /** Ends the requests and gives every answer but those that are as they should be. */
  readonly stop: () => Promise<readonly string[]>;
}

/** Clients that ask at the same time. */
const WIDTH = 6;

/** What is wrong with an answer; `undefined` if nothing is. */
export type Judge = (answer: Answer) => string | undefined;

/** Nothing but an answer of the model will do. */
export const ONLY_ANSWERS: Judge = ({ status, body }) => (status === 200 ? undefined : `${status} ${body}`);

/** Lets some clients ask for a model over and over. */
export function startTraffic(client: Client, judge: Judge = ONLY_ANSWERS): Traffic {
  const faults: string[] = [];
  let answered = 0;
  let stopped = false;

  async function ask(): Promise<void> {
    while (!stopped) {
      const fault = await client.complete('lora-request').then(judge, (error: Error) => error.message);
      answered += 1;
      if (fault !== undefined) faults.push(fault);
    }
  }

  const all = Promise.all(Array.from({ length: WIDTH }, ask));
  return {
    answered: () => answered,
    stop: async () => {
      stopped = true;
      await all;
      return faults;
    },
  };
}

/** Waits until some more requests have been answered. */
export async function more(traffic: Traffic, count = 50): Promise<void> {
  const until = traffic.answered() + count;
  await expect.poll(traffic.answered).toBeGreaterThan(until);
}

/** What clients get but answers while something happens to the cluster, a while before it and a while after. */
export async function faultsDuring(
  client: Client,
  happening: () => Promise<unknown>,
): Promise<readonly string[]> {
  const traffic = startTraffic(client);
  try {
    await more(traffic);
    await happening();
    await more(traffic);
  } finally {
    await traffic.stop();
  }
  return traffic.stop();
}
