import { parseAllDocuments } from 'yaml';
import { clusterScope } from '../../src/config/cluster-scope.ts';
import { parseConfig } from '../../src/config/config.ts';

/** An object as helm or kustomize renders it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the server's to check; tests read a few fields.
  readonly [field: string]: any;
}

/** The objects of a text. */
export function objects(text: string): readonly Manifest[] {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null);
  return documents.filter((document) => document !== null);
}

/** The one object of a kind and name. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** What Serin would read of the cluster with a command line. */
export function scopeOf([command, ...flags]: readonly string[]) {
  const parsed = parseConfig(flags, {});
  if (command !== 'serve' || parsed.kind === 'invalid')
    throw new Error(`not a command line: ${flags.join(' ')}`);
  return clusterScope(parsed.config);
}
