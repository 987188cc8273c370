import { exponential } from './draws.ts';
import type { SimRequest } from './request.ts';
import type { Workload } from './workload.ts';

/** How requests of a workload come and what they ask. */
export interface Traffic {
  readonly perSecond: number;
  /** How much faster they come at a time. */
  readonly surge?: (atMs: number) => number;
  readonly adapter: (random: () => number) => string | undefined;
  readonly promptTokens: (random: () => number) => number;
  readonly outputTokens: (random: () => number) => number;
  /** Every prompt of an adapter begins with as many tokens of its own, */
  readonly systemTokens: number;
  /** or else with one of some beginnings. */
  readonly system?: (random: () => number) => string;
}

/** Creates requests that come one after the other, each for itself. */
export function requestsOf(traffic: Traffic, endMs: number): Workload['requests'] {
  return (random, pace = 1) => {
    const requests: SimRequest[] = [];
    const meanMs = 1000 / (pace * traffic.perSecond);
    for (let atMs = 0; ; ) {
      atMs += exponential(meanMs / (traffic.surge?.(atMs) ?? 1), random);
      if (atMs >= endMs) return requests;
      const id = requests.length;
      const adapter = traffic.adapter(random);
      const own = traffic.promptTokens(random);
      const system = traffic.system?.(random) ?? `${adapter ?? 'base'} system`;
      requests.push({
        id,
        atMs,
        adapter,
        promptTokens: traffic.systemTokens + own,
        outputTokens: traffic.outputTokens(random),
        segments: [
          { key: system, tokens: traffic.systemTokens },
          { key: `asked ${id}`, tokens: own },
        ],
        answerKey: `answered ${id}`,
      });
    }
  };
}
