import type { Place } from '../../core/policy.ts';

/** The way to a field inside an object: keys and list indexes, outermost first. */
export type FieldPath = readonly (string | number)[];

/** Finds where a field stands; for a field that is missing, where the nearest one around it stands. */
export type Locate = (path: FieldPath) => Place;

/** One thing that is wrong with an object, a file or a source. */
export interface Problem {
  readonly place: Place;
  /** `InferenceModel default/lora-request`; absent if the object has no name that can be read. */
  readonly object: string | undefined;
  /** `spec.targetModels[1].weight`; empty if the problem is not one field's. */
  readonly field: string;
  readonly message: string;
}

/** Writes a field's path as users know it from kubectl: `spec.rules[0].targets`. */
export function formatField(path: FieldPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

/** Writes a place as editors and terminals understand it: `file:line:column`; a cluster's objects have no lines. */
export function formatPlace(place: Place): string {
  return place.line === 0 ? place.source : `${place.source}:${place.line}:${place.column}`;
}

/** Writes a problem as one line: `file:line:column: field: message`. */
export function formatProblem(problem: Problem): string {
  return [formatPlace(problem.place), problem.field, problem.message]
    .filter((part) => part !== '')
    .join(': ');
}
