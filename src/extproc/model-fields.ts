import type { FoundField } from '../core/json-scan.ts';
import { decodeJsonString } from '../core/mutation.ts';
import type { ModelName } from '../core/names.ts';
import { modelName } from '../core/names.ts';
import type { Rejection } from '../core/rejection.ts';
import { reject } from '../core/rejection.ts';

/** The model that a body asks for, as far as it is read. */
export interface ModelFields {
  /** Looks at the fields that were found since the last look. */
  readonly check: () => Rejection | undefined;
  readonly model: () => ModelName | undefined;
}

/**
 * Reads the values of `model`. JSON lets a key repeat, and parsers differ in which one they take; so all
 * values have to agree, or what was routed could differ from what the pod serves.
 */
export function createModelFields(
  fields: readonly FoundField[],
  read: (start: number, end: number) => Uint8Array,
): ModelFields {
  let checked = 0;
  let model: ModelName | undefined;

  function checkField({ valueKind, start, end }: FoundField): Rejection | undefined {
    const text = valueKind === 'string' ? decodeJsonString(read(start, end)) : undefined;
    if (text === undefined) return reject('model_not_string', '`model` must be a string');
    if (model !== undefined && text !== model) {
      return reject('model_conflict', '`model` is given more than once with different values');
    }
    model ??= modelName(text);
    return undefined;
  }

  return {
    model: () => model,
    check: () => {
      for (let field = fields[checked]; field !== undefined; field = fields[checked]) {
        checked += 1;
        const refusal = checkField(field);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
  };
}
