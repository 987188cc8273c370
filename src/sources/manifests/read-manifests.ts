import type { PolicyObject } from '../../core/policy.ts';
import { mergeFiles } from '../files/last-good.ts';
import { type FileText, listFiles, readListing } from '../files/listing.ts';
import type { RawObject } from '../policy/translate.ts';
import type { Problem } from '../problems/problem.ts';
import { isManifestName } from './manifest-source.ts';
import { type RawFile, readRawFile, translateFile } from './parse-manifests.ts';

/** What manifests say when they are read once. */
export interface Manifests {
  readonly objects: readonly PolicyObject[];
  /** Every object as it stands in its file, used or not. */
  readonly raw: readonly RawObject[];
  readonly problems: readonly Problem[];
  /** Kinds of the objects that are not used, one entry an object. */
  readonly skipped: readonly string[];
}

/** Reads manifests once, without following them; a path that does not exist is a problem. */
export async function readManifests(paths: readonly string[], defaultNamespace: string): Promise<Manifests> {
  const listing = await listFiles(paths, isManifestName);
  const missing = listing.missing.map((path) => problemAt(path, 'no such file or directory'));
  const texts = [...(await readListing(listing))];
  const raw = texts.map(([path, text]) => [path, readText(path, text)] as const);
  const files = raw.map(([path, file]) => [path, translateFile(file, defaultNamespace)] as const);
  const merged = mergeFiles(new Map(files), new Map());
  return {
    objects: merged.values.filter((object) => object.kind !== 'invalid'),
    raw: raw.flatMap(([, { objects }]) => objects),
    problems: [...missing, ...merged.problems],
    skipped: files.flatMap(([, file]) => file.skipped),
  };
}

function readText(path: string, text: FileText): RawFile {
  return text.kind === 'text'
    ? readRawFile(path, text.text)
    : { objects: [], unparsable: [problemAt(path, text.message)] };
}

function problemAt(source: string, message: string): Problem {
  return { place: { source, line: 1, column: 1 }, object: undefined, field: '', message };
}
