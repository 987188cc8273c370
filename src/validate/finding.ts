import type { PolicyObject } from '../core/policy.ts';
import { objectId } from '../sources/policy/object-id.ts';
import type { RawObject } from '../sources/policy/translate.ts';
import {
  type FieldPath,
  formatField,
  formatPlace,
  type Locate,
  type Problem,
} from '../sources/problems/problem.ts';

/**
 * One thing to say about manifests: an error has to be mended, a warning where it meets the software that it speaks of,
 * and a note may be as it is meant.
 */
export interface Finding extends Problem {
  readonly severity: 'error' | 'warning' | 'note';
}

/** A policy object with the way to find its fields. */
export interface Located {
  readonly object: PolicyObject;
  readonly locate: Locate;
}

/** Finds each object again among the raw ones that objects were made of. */
export function locateAll(objects: readonly PolicyObject[], raw: readonly RawObject[]): readonly Located[] {
  const byPlace = new Map(raw.map(({ locate }) => [formatPlace(locate([])), locate]));
  return objects.map((object) => {
    const { place } = object.meta;
    return { object, locate: byPlace.get(formatPlace(place)) ?? (() => place) };
  });
}

/** Creates an error about a field of an object. */
export function errorAt({ object, locate }: Located, path: FieldPath, message: string): Finding {
  const field = formatField(path);
  return { severity: 'error', place: locate(path), object: objectId(object.meta), field, message };
}

/** The same for what need not be wrong. */
export function noteAt(located: Located, path: FieldPath, message: string): Finding {
  return { ...errorAt(located, path, message), severity: 'note' };
}
