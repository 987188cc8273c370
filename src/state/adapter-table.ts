import { STANDING } from '../core/load-view.ts';
import { createHeldAdapters, type HeldAdapters } from './held-adapters.ts';
import { createStandingColumns } from './standing-columns.ts';

/** Where adapters are on each pod. */
export interface AdapterTable {
  /** Those in the GPU slots of each pod, the last used one last. */
  readonly adapters: readonly (ReadonlySet<string> | undefined)[];
  readonly busyLoras: ArrayLike<number>;
  readonly standing: (adapter: string) => Uint8Array;
  /** A scrape shows which adapters have requests in flight, the running ones first. */
  readonly scraped: (slot: number, inFlight: readonly string[]) => void;
  /** Notes that a request for an adapter goes to the pod, which takes it into one of its slots. */
  readonly touch: (slot: number, adapter: string) => void;
  /** Changes how many requests for an adapter were sent that no scrape has seen. */
  readonly addSent: (slot: number, adapter: string, delta: number) => void;
  /** The pod has lost all of its adapters. */
  readonly drop: (slot: number) => void;
}

/** What is known of one pod. */
interface PodAdapters {
  readonly held: HeldAdapters;
  inFlight: ReadonlySet<string>;
  /** Requests that no scrape has seen, by adapter. */
  readonly sent: Map<string, number>;
}

/** Creates a table of pods without adapters; `slotsOf` tells how many slots a pod has, 0 if it has not told. */
export function createAdapterTable(slotsOf: (slot: number) => number): AdapterTable {
  const adapters: (ReadonlySet<string> | undefined)[] = [];
  const pods: (PodAdapters | undefined)[] = [];
  const busyLoras: number[] = [];
  const columns = createStandingColumns();

  function podOf(slot: number): PodAdapters {
    const pod = pods[slot] ?? { held: createHeldAdapters(), inFlight: new Set(), sent: new Map() };
    pods[slot] = pod;
    return pod;
  }

  function note(slot: number, names: Iterable<string>): void {
    const pod = podOf(slot);
    for (const adapter of names) columns.set(adapter, slot, standingOf(adapter, pod));
    adapters[slot] = pod.held.residents.size === 0 ? undefined : pod.held.residents;
    busyLoras[slot] = busyOf(pod);
  }

  function touch(slot: number, adapter: string): void {
    note(slot, podOf(slot).held.use(adapter, slotsOf(slot)));
  }

  return {
    adapters,
    busyLoras,
    standing: columns.of,
    scraped: (slot, inFlight) => {
      const pod = podOf(slot);
      const before = pod.inFlight;
      pod.inFlight = new Set(inFlight);
      note(slot, before);
      // Those that only wait first: the running ones are in a slot for certain, so they go last.
      for (const adapter of inFlight.toReversed()) touch(slot, adapter);
    },
    touch,
    addSent: (slot, adapter, delta) => {
      const { sent } = podOf(slot);
      const count = (sent.get(adapter) ?? 0) + delta;
      if (count > 0) sent.set(adapter, count);
      else sent.delete(adapter);
      note(slot, [adapter]);
    },
    drop: (slot) => {
      const pod = podOf(slot);
      const before = [...pod.inFlight, ...pod.held.clear()];
      pod.inFlight = new Set();
      note(slot, before);
    },
  };
}

function standingOf(adapter: string, { held, inFlight, sent }: PodAdapters): number {
  if (inFlight.has(adapter) || sent.has(adapter)) return STANDING.inFlight;
  if (held.residents.has(adapter)) return STANDING.resident;
  return held.cached.has(adapter) ? STANDING.cached : STANDING.away;
}

function busyOf({ inFlight, sent }: PodAdapters): number {
  let busy = inFlight.size;
  for (const adapter of sent.keys()) if (!inFlight.has(adapter)) busy += 1;
  return busy;
}
