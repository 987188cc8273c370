/** The requests that this process has forwarded and whose streams are open, by the address of their pod. */
export interface InFlight {
  readonly began: (address: string) => void;
  readonly ended: (address: string) => void;
  readonly at: (address: string) => number;
}

/** Creates the counts without a request; they hold no more addresses than there are streams. */
export function createInFlight(): InFlight {
  const open = new Map<string, number>();
  return {
    began: (address) => {
      open.set(address, (open.get(address) ?? 0) + 1);
    },
    ended: (address) => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    },
    at: (address) => open.get(address) ?? 0,
  };
}
