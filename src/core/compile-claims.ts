import type { Conflict } from './conflict.ts';
import type { ObjectiveObject, PoolObject, RouteObject } from './policy.ts';
import { byPrecedence } from './precedence.ts';

/** Objects of which one may exist per key: a pool's name, a host, an objective's name. */
type Claimant = PoolObject | RouteObject | ObjectiveObject;

/** Who has each key, and who lost it to whom. */
export interface Settled<Key, T> {
  readonly winners: ReadonlyMap<Key, T>;
  readonly conflicts: readonly Conflict[];
}

/** Gives each key to its first object by precedence; the others are conflicts unless they say the same. */
export function settle<Key extends string, T extends Claimant>(
  objects: readonly T[],
  keyOf: (object: T) => Key,
): Settled<Key, T> {
  const winners = new Map<Key, T>();
  const conflicts: Conflict[] = [];
  for (const object of objects.toSorted((a, b) => byPrecedence(a.meta, b.meta))) {
    const key = keyOf(object);
    const winner = winners.get(key);
    if (winner === undefined) winners.set(key, object);
    else if (!agree(winner, object)) {
      conflicts.push({ model: key, winner: winner.meta, loser: object.meta });
    }
  }
  return { winners, conflicts };
}

function agree(a: Claimant, b: Claimant): boolean {
  return a.kind === 'route' && b.kind === 'route' && a.pool === b.pool;
}
