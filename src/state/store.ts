import { type Compiled, compile } from '../core/compile.ts';
import type { Conflict } from '../core/conflict.ts';
import type { Member } from '../core/members.ts';
import type { MissingPolicy, MissingSince } from '../core/missing-targets.ts';
import type { PoolKey } from '../core/names.ts';
import type { WeightOverlay } from '../core/overlay.ts';
import type { PolicyObject } from '../core/policy.ts';
import { servedAddresses } from '../core/served-addresses.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { createSlots } from './slots.ts';

/** Holds what every source published last and the snapshot made of it. Sources publish whole slices. */
export interface Store {
  publishPolicy(source: string, objects: readonly PolicyObject[]): void;
  publishMembers(source: string, members: readonly Member[]): void;
  /** Weights in force instead of those in objects; of two sources that name one target the later one counts. */
  publishOverlay(source: string, overlay: WeightOverlay): void;
  /** Targets that no ready pod serves: whoever gave them their weights, this counts. */
  publishMissing(since: MissingSince): void;
  current(): Snapshot;
  /** Model names and hosts that several objects claim, with the winner and the loser. */
  conflicts(): readonly Conflict[];
  /** Calls the listener with every later snapshot until the returned function is called. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void;
}

/** What a store needs. */
export interface StoreOptions {
  /** `--pool-name`: the pool of members without labels and of hosts without a route. */
  readonly poolName: PoolKey | undefined;
  readonly missingPolicy?: MissingPolicy;
  /** Told of every slot whose address left, before the slot is given to another address. */
  readonly onSlotFreed: (slot: number) => void;
}

/** Creates a store with an empty snapshot. */
export function createStore(options: StoreOptions): Store {
  const policy = new Map<string, readonly PolicyObject[]>();
  const members = new Map<string, readonly Member[]>();
  const listeners = new Set<(snapshot: Snapshot) => void>();
  const slots = createSlots();
  const overlays = new Map<string, WeightOverlay>();
  let missing: MissingSince = new Map();
  let compiled = build(0);

  return {
    publishPolicy(source, objects) {
      replace(policy, source, objects);
    },
    publishMembers(source, slice) {
      replace(members, source, slice);
    },
    publishOverlay(source, overlay) {
      replace(overlays, source, overlay);
    },
    publishMissing(since) {
      missing = since;
      rebuild();
    },
    current: () => compiled.snapshot,
    conflicts: () => compiled.conflicts,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function replace<T>(slices: Map<string, T>, source: string, slice: T): void {
    if (slices.get(source) === slice) return;
    slices.set(source, slice);
    rebuild();
  }

  function rebuild(): void {
    compiled = build(compiled.snapshot.version + 1);
    for (const slot of slots.retain(servedAddresses(compiled.snapshot))) options.onSlotFreed(slot);
    for (const listener of listeners) listener(compiled.snapshot);
  }

  function build(version: number): Compiled {
    return compile({
      objects: [...policy.values()].flat(),
      members: [...members.values()].flat(),
      poolName: options.poolName,
      slotOf: slots.slotOf,
      version,
      overlay: new Map([...overlays.values()].flatMap((overlay) => [...overlay])),
      missing: { policy: options.missingPolicy ?? { kind: 'redistribute' }, since: missing },
    });
  }
}
