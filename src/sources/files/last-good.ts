import type { Place } from '../../core/policy.ts';
import { formatPlace, type Problem } from '../problems/problem.ts';

/** One object as read from a file. `id` stays the same while its user edits it. */
export type ReadItem<T> =
  | { readonly kind: 'good'; readonly id: string; readonly place: Place; readonly value: T }
  | {
      readonly kind: 'bad';
      readonly id: string;
      readonly problems: readonly Problem[];
      /** Takes the object's place if it never was good. */
      readonly fallback: T | undefined;
    };

/** Everything read from one file; `broken` says why parts of it could not be read, not even their identity. */
export interface ReadFile<T> {
  readonly items: readonly ReadItem<T>[];
  readonly broken: readonly Problem[];
  /** Kinds of the objects that are not used, one entry an object. */
  readonly skipped: readonly string[];
}

/** An object that was good when it was last read. */
export interface Kept<T> {
  readonly file: string;
  readonly place: Place;
  readonly value: T;
}

/** The outcome of one reading of all files. */
export interface Merged<T> {
  /** Good objects by identity: of this reading, or kept from an earlier one. */
  readonly good: ReadonlyMap<string, Kept<T>>;
  /** What is in force: good objects, kept ones, and fallbacks of objects that never were good. */
  readonly values: readonly T[];
  readonly problems: readonly Problem[];
}

/**
 * Merges what all files say with what was good before: a broken object keeps its last good version, an
 * unreadable file keeps all of its objects, an object that is gone from readable files goes.
 */
export function mergeFiles<T>(
  files: ReadonlyMap<string, ReadFile<T>>,
  before: ReadonlyMap<string, Kept<T>>,
): Merged<T> {
  const good = new Map<string, Kept<T>>();
  const fallbacks = new Map<string, T>();
  const problems: Problem[] = [];
  const take = (file: string, item: ReadItem<T>) => {
    problems.push(...problemsOf(item, good));
    const version = versionOf(item, file, before);
    if (version !== undefined && !good.has(item.id)) good.set(item.id, version);
    if (item.kind === 'bad' && item.fallback !== undefined) fallbacks.set(item.id, item.fallback);
  };
  for (const [file, { items, broken }] of files) {
    for (const item of items) take(file, item);
    problems.push(...broken);
  }
  // Only after all files were read is it known that an object has not merely moved to another file.
  for (const [id, version] of keptBy(files, before)) {
    if (!good.has(id)) good.set(id, version);
  }
  const neverGood = [...fallbacks].filter(([id]) => !good.has(id)).map(([, fallback]) => fallback);
  return { good, values: [...[...good.values()].map(({ value }) => value), ...neverGood], problems };
}

function problemsOf<T>(item: ReadItem<T>, good: ReadonlyMap<string, Kept<T>>): readonly Problem[] {
  if (item.kind === 'bad') return item.problems;
  const first = good.get(item.id);
  if (first === undefined) return [];
  const message = `is defined twice; the one at ${formatPlace(first.place)} is in force`;
  return [{ place: item.place, object: item.id, field: '', message }];
}

function versionOf<T>(
  item: ReadItem<T>,
  file: string,
  before: ReadonlyMap<string, Kept<T>>,
): Kept<T> | undefined {
  return item.kind === 'good' ? { file, place: item.place, value: item.value } : before.get(item.id);
}

function keptBy<T>(
  files: ReadonlyMap<string, ReadFile<T>>,
  before: ReadonlyMap<string, Kept<T>>,
): readonly (readonly [string, Kept<T>])[] {
  const broken = [...files].filter(([, { broken }]) => broken.length > 0).map(([file]) => file);
  return [...before].filter(([, { file }]) =>
    // A folder that cannot be listed stands in the map under its own name.
    broken.some((name) => file === name || file.startsWith(`${name}/`)),
  );
}
