import type { PolicyObject } from '../../core/policy.ts';
import { readDocuments } from '../files/documents.ts';
import type { ReadFile, ReadItem } from '../files/last-good.ts';
import { objectId } from '../policy/object-id.ts';
import { type RawObject, type Translation, translate } from '../policy/translate.ts';
import type { Locate, Problem } from '../problems/problem.ts';

/** The objects of a manifest file before anything is made of them. */
export interface RawFile {
  readonly objects: readonly RawObject[];
  /** Why parts of the file cannot be read. */
  readonly unparsable: readonly Problem[];
}

/** Reads all policy objects of a manifest file: YAML with any number of documents, or JSON, lists unpacked. */
export function parseManifests(path: string, text: string, defaultNamespace: string): ReadFile<PolicyObject> {
  return translateFile(readRawFile(path, text), defaultNamespace);
}

/** Reads the objects of a manifest file, of whatever kind. */
export function readRawFile(path: string, text: string): RawFile {
  const documents = readDocuments(path, text);
  return {
    objects: documents.flatMap((document) => (document.kind === 'value' ? unpack(document) : [])),
    unparsable: documents.flatMap((document) => (document.kind === 'unparsable' ? document.problems : [])),
  };
}

/** Translates the objects of a manifest file. */
export function translateFile(
  { objects, unparsable }: RawFile,
  defaultNamespace: string,
): ReadFile<PolicyObject> {
  const translations = objects.map((raw) => translate(raw, defaultNamespace));
  return {
    items: translations.flatMap(itemOf),
    broken: [...unparsable, ...translations.flatMap(namelessProblems)],
    skipped: translations.flatMap((outcome) => (outcome.kind === 'skipped' ? [outcome.objectKind] : [])),
  };
}

function unpack(raw: RawObject): readonly RawObject[] {
  // A document with nothing but comments.
  if (raw.value === null || raw.value === undefined) return [];
  const items = listItems(raw.value);
  if (items === undefined) return [raw];
  return items.flatMap((value, index) => {
    const locate: Locate = (path) => raw.locate(['items', index, ...path]);
    return unpack({ value, locate });
  });
}

function listItems(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('items' in value))
    return undefined;
  const { kind, items } = value;
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items : undefined;
}

function itemOf(outcome: Translation): readonly ReadItem<PolicyObject>[] {
  if (outcome.kind === 'skipped') return [];
  if (outcome.kind === 'ok') {
    const { meta } = outcome.object;
    return [{ kind: 'good', id: objectId(meta), place: meta.place, value: outcome.object }];
  }
  const { meta, problems, fallback } = outcome;
  return meta === undefined ? [] : [{ kind: 'bad', id: objectId(meta), problems, fallback }];
}

// Nobody can tell which object a nameless one is an edit of, so its whole file keeps what it had.
function namelessProblems(outcome: Translation): readonly Problem[] {
  return outcome.kind === 'invalid' && outcome.meta === undefined ? outcome.problems : [];
}
