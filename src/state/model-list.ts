import type { ModelKind } from '../core/load-view.ts';

/** The names that a pod serves; undefined while they are not known. */
export type ModelList = ReadonlyMap<string, ModelKind> | undefined;

/** True if two pods serve the same. */
export function isSameList(a: ModelList, b: ModelList): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  for (const [name, kind] of a) if (b.get(name) !== kind) return false;
  return true;
}

/** The same list as another pod has, if one has it: then whoever reads many pods has to ask each list once. */
export function sharedList(lists: readonly ModelList[], list: ModelList): ModelList {
  return lists.find((other) => isSameList(other, list)) ?? list;
}
