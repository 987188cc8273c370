import type { ObjectMeta } from './policy.ts';

/**
 * Orders objects that claim the same thing, the winner first: the oldest `creationTimestamp`, and objects
 * with one before objects without; then by file and position in it; then by namespace and name.
 */
export function byPrecedence(a: ObjectMeta, b: ObjectMeta): number {
  return (
    byTime(a.createdAtMs ?? Number.POSITIVE_INFINITY, b.createdAtMs ?? Number.POSITIVE_INFINITY) ||
    (a.createdAtMs === undefined ? byPlace(a, b) : 0) ||
    byText(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`) ||
    byPlace(a, b)
  );
}

function byTime(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function byPlace(a: ObjectMeta, b: ObjectMeta): number {
  return (
    byText(a.place.source, b.place.source) || a.place.line - b.place.line || a.place.column - b.place.column
  );
}

/** Plain code unit order: the same on every replica, whatever its locale. */
function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
