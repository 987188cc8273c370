import { createOpenCounts } from './open-counts.ts';

/** The requests that this process has forwarded and whose streams are open, by the address of their pod. */
export interface InFlight {
  readonly began: (address: string) => void;
  readonly ended: (address: string) => void;
  readonly at: (address: string) => number;
}

/** Creates the counts without a request. */
export function createInFlight(): InFlight {
  const { add, at } = createOpenCounts();
  return { began: (address) => add(address, 1), ended: (address) => add(address, -1), at };
}
