import type { PolicyObject } from '../../core/policy.ts';
import { createFileSource, type FileReport, type FileSource } from '../files/file-source.ts';
import type { FollowTiming } from '../files/follow.ts';
import { parseManifests } from './parse-manifests.ts';

/** What the source of policy objects in files needs. */
export interface ManifestSourceOptions {
  /** Files, and folders whose `.yaml`, `.yml` and `.json` files are read. */
  readonly paths: readonly string[];
  readonly defaultNamespace: string;
  readonly publish: (objects: readonly PolicyObject[]) => void;
  readonly report: FileReport;
  readonly timing?: FollowTiming;
}

/** Says whether a file in a folder of manifests is one, by its name. */
export function isManifestName(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name);
}

/** Creates the source for `--manifests`. */
export function createManifestSource(options: ManifestSourceOptions): FileSource {
  const { defaultNamespace, ...rest } = options;
  return createFileSource({
    ...rest,
    flag: '--manifests',
    accepts: isManifestName,
    parse: (path, text) => parseManifests(path, text, defaultNamespace),
  });
}
