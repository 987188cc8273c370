import { STANDING } from '../core/load-view.ts';
import { createHeldAdapters, type HeldAdapters } from './held-adapters.ts';
import { createOpenCounts, type OpenCounts } from './open-counts.ts';
import { createStandingColumns } from './standing-columns.ts';

/** Where adapters are on each pod. */
export interface AdapterTable {
  /** Those in the GPU slots of each pod. */
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
  readonly sent: OpenCounts;
  /** Adapters in flight or sent. */
  busy: number;
}

/** Creates a table of pods without adapters; `slotsOf` tells how many slots a pod has, 0 if it has not told. */
export function createAdapterTable(slotsOf: (slot: number) => number): AdapterTable {
  const adapters: (ReadonlySet<string> | undefined)[] = [];
  const pods: (PodAdapters | undefined)[] = [];
  const busyLoras: number[] = [];
  const columns = createStandingColumns();

  function podOf(slot: number): PodAdapters {
    const pod = pods[slot] ?? {
      held: createHeldAdapters(),
      inFlight: new Set(),
      sent: createOpenCounts(),
      busy: 0,
    };
    pods[slot] = pod;
    return pod;
  }

  function note(slot: number, pod: PodAdapters, names: Iterable<string>): void {
    for (const adapter of names) columns.set(adapter, slot, standingOf(adapter, pod));
    adapters[slot] = pod.held.residents.size === 0 ? undefined : pod.held.residents;
  }

  function touch(slot: number, adapter: string): void {
    const pod = podOf(slot);
    const others = pod.held.use(adapter, slotsOf(slot));
    columns.set(adapter, slot, standingOf(adapter, pod));
    note(slot, pod, others);
  }

  /** Takes what is in flight, and tells what was. */
  function replaceInFlight(slot: number, names: readonly string[]): ReadonlySet<string> {
    const pod = podOf(slot);
    const before = pod.inFlight;
    pod.inFlight = new Set(names);
    pod.busy = busyOf(pod);
    busyLoras[slot] = pod.busy;
    return before;
  }

  return {
    adapters,
    busyLoras,
    standing: columns.of,
    scraped: (slot, inFlight) => {
      note(slot, podOf(slot), replaceInFlight(slot, inFlight));
      // Those that only wait first: the running ones are in a slot for certain, so they go last.
      for (const adapter of inFlight.toReversed()) touch(slot, adapter);
    },
    touch,
    addSent: (slot, adapter, delta) => {
      const pod = podOf(slot);
      const before = pod.sent.at(adapter);
      pod.sent.add(adapter, delta);
      const after = pod.sent.at(adapter);
      // Nothing else changes with one more of what is sent already.
      if (before > 0 && after > 0) return;
      if (before !== after && !pod.inFlight.has(adapter)) pod.busy += after > 0 ? 1 : -1;
      busyLoras[slot] = pod.busy;
      columns.set(adapter, slot, standingOf(adapter, pod));
    },
    drop: (slot) => {
      const pod = podOf(slot);
      const before = [...replaceInFlight(slot, []), ...pod.held.clear()];
      note(slot, pod, before);
    },
  };
}

function standingOf(adapter: string, { held, inFlight, sent }: PodAdapters): number {
  if (inFlight.has(adapter) || sent.at(adapter) > 0) return STANDING.inFlight;
  if (held.residents.has(adapter)) return STANDING.resident;
  return held.cached.has(adapter) ? STANDING.cached : STANDING.away;
}

function busyOf({ inFlight, sent }: PodAdapters): number {
  let busy = inFlight.size;
  for (const adapter of sent.names()) if (!inFlight.has(adapter)) busy += 1;
  return busy;
}
