import type { ModelName, PoolKey, TargetName } from './names.ts';

/** A weight that is in force instead of the one that an object asks for, and why. */
export interface OverlaidWeight {
  readonly effective: number;
  readonly reason: string;
}

/** Weights in force, by `overlayKey`; targets that are not in it have the weight of their object. */
export type WeightOverlay = ReadonlyMap<string, OverlaidWeight>;

/** The key of one target of one model in one pool; no model stands for a rule without matches. */
export function overlayKey(pool: PoolKey, model: ModelName | undefined, target: TargetName): string {
  return JSON.stringify([pool, model ?? null, target]);
}
