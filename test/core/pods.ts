import { parseAddress } from '../../src/core/address.ts';
import { compile } from '../../src/core/compile.ts';
import type { Freshness, LoadView, ModelKind } from '../../src/core/load-view.ts';
import { STANDING } from '../../src/core/load-view.ts';
import type { Member } from '../../src/core/members.ts';
import type { PickOptions } from '../../src/core/pick.ts';
import type { PolicyObject } from '../../src/core/policy.ts';
import { loadScore } from '../../src/core/score.ts';
import type { Endpoint, Pool, Snapshot } from '../../src/core/snapshot.ts';
import { createSlots } from '../../src/state/slots.ts';
import { member, POOL, pool } from './objects.ts';

/** The load of one pod; what is left out is idle, fresh and untold. */
export interface PodLoad {
  readonly waiting?: number;
  readonly running?: number;
  readonly kvUsage?: number;
  readonly maxLoras?: number;
  readonly batch?: number;
  readonly sent?: number;
  /** As many as were sent unless told otherwise. */
  readonly sentPrompts?: number;
  readonly freshness?: Freshness;
  readonly models?: readonly string[] | undefined;
  readonly bases?: readonly string[];
  /** In a slot. */
  readonly adapters?: readonly string[];
  /** In a slot, with requests. */
  readonly inFlight?: readonly string[];
  /** In the pod's memory. */
  readonly cached?: readonly string[];
  /** What it has been sent of any prompt. */
  readonly prefixBytes?: number;
}

/** A frozen load view with one pod per slot. */
export function loadView(...pods: readonly PodLoad[]): LoadView {
  const figures = {
    waiting: pods.map(({ waiting = 0 }) => waiting),
    running: pods.map(({ running = 0 }) => running),
    kvUsage: pods.map(({ kvUsage = 0 }) => kvUsage),
    batch: pods.map(({ batch = 0 }) => batch),
    sent: pods.map(({ sent = 0 }) => sent),
    sentPrompts: pods.map(({ sent = 0, sentPrompts = sent }) => sentPrompts),
    freshness: pods.map(({ freshness = 'fresh' }) => freshness),
  };
  return {
    ...figures,
    loadScores: pods.map((_, slot) => loadScore(figures, slot)),
    maxLoras: pods.map(({ maxLoras = 0 }) => maxLoras),
    busyLoras: pods.map(({ inFlight = [] }) => inFlight.length),
    models: pods.map(modelsOf),
    adapters: pods.map(residentsOf),
    standing: (target) => pods.map((pod) => standingOf(pod, target)),
    prefixHits: () => {
      const bytes = pods.map(({ prefixBytes = 0 }) => prefixBytes);
      return { bytes, longest: Math.max(0, ...bytes) };
    },
  };
}

function residentsOf({ adapters, inFlight = [] }: PodLoad): ReadonlySet<string> | undefined {
  return adapters === undefined && inFlight.length === 0
    ? undefined
    : new Set([...(adapters ?? []), ...inFlight]);
}

function standingOf({ inFlight, adapters, cached }: PodLoad, target: string): number {
  if (inFlight?.includes(target)) return STANDING.inFlight;
  if (adapters?.includes(target)) return STANDING.resident;
  return cached?.includes(target) ? STANDING.cached : STANDING.away;
}

function modelsOf({ models, bases = [] }: PodLoad): ReadonlyMap<string, ModelKind> | undefined {
  if (models === undefined) return undefined;
  const kinds = models.map((name): [string, ModelKind] => [name, 'adapter']);
  return new Map([...kinds, ...bases.map((name): [string, ModelKind] => [name, 'base'])]);
}

/** The endpoint in the slot: 10.0.0.1:8000 in slot 0, and so on. */
export function endpoint(slot: number): Endpoint {
  const ip = `10.0.0.${slot + 1}`;
  const address = parseAddress(`${ip}:8000`);
  if (address === undefined) throw new Error(`no address: ${ip}`);
  return { slot, address, name: `pod-${ip}` };
}

/** Members for the endpoints in the first slots, which the selector of the default pool matches. */
export function members(count: number): readonly Member[] {
  const labels = new Map([['app', 'pool']]);
  return Array.from({ length: count }, (_, slot) => member(`10.0.0.${slot + 1}`, { labels }));
}

/** A snapshot of the objects, by default beside the one pool, and of as many pods. */
export function snapshotOf(
  podCount: number,
  objects: readonly PolicyObject[] = [],
  pools: readonly PolicyObject[] = [pool('pool')],
): Snapshot {
  const { slotOf } = createSlots();
  const input = { members: members(podCount), poolName: undefined, version: 1, overlay: new Map(), slotOf };
  return compile({ ...input, objects: [...pools, ...objects] }).snapshot;
}

/** The only pool, with as many pods. */
export function poolOf(podCount: number, objects: readonly PolicyObject[] = []): Pool {
  const found = snapshotOf(podCount, objects).pools.get(POOL);
  if (found === undefined) throw new Error('the pool is missing');
  return found;
}

/** The default thresholds, without fallbacks. */
export const OPTIONS: PickOptions = { queueThreshold: 5, kvThreshold: 0.8, fallbackEndpoints: 0 };
