import type { LoadPlan } from '../load/plan.ts';
import type { LoadPart } from './samples.ts';

/** Where a load goes to: the server itself, and the Envoy in front of it. */
export interface Ends {
  readonly port: number;
  readonly gatewayPort: number | undefined;
}

/** What a window is about. */
export interface Work {
  readonly part: LoadPart;
  readonly bodyBytes: number;
  /** Of the part `rate`. */
  readonly perSecond: number;
}

/** The same in one round. */
export interface RoundOfWork extends Work {
  readonly round: number;
}

const CONCURRENCY = 16;
/** Connections to the picker, as an Envoy with as many workers has. */
const CONNECTIONS = 4;
/** Bounds a window in count as well as in time. */
const MOST_REQUESTS = 1_000_000;

/** The plan of one window. */
export function planOf({ port, gatewayPort }: Ends, work: RoundOfWork, forMs: number): LoadPlan {
  const { part, bodyBytes, perSecond, round } = work;
  const closed = { kind: 'closed', concurrency: CONCURRENCY, forMs, requests: MOST_REQUESTS } as const;
  switch (part) {
    case 'direct':
      return { protocol: 'ext_proc', port, bodyBytes, connections: CONNECTIONS, loop: closed };
    case 'rate': {
      // Requests come at the same moments to all servers of a round.
      const loop = { kind: 'open', perSecond, forMs, seed: round } as const;
      return { protocol: 'ext_proc', port, bodyBytes, connections: CONNECTIONS, loop };
    }
    case 'envoy': {
      if (gatewayPort === undefined) throw new Error('no Envoy was started');
      return { protocol: 'http', port: gatewayPort, bodyBytes, connections: CONCURRENCY, loop: closed };
    }
  }
}
