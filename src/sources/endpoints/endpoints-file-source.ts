import type { Member } from '../../core/members.ts';
import { createFileSource, type FileReport, type FileSource } from '../files/file-source.ts';
import type { FollowTiming } from '../files/follow.ts';
import { parseEndpointsFile } from './parse-endpoints-file.ts';

/** What the source of endpoints in a file needs. */
export interface EndpointsFileOptions {
  readonly path: string;
  readonly publish: (members: readonly Member[]) => void;
  readonly report: FileReport;
  readonly timing?: FollowTiming;
}

/** Creates the source for `--endpoints-file`: read again when it changes, last good entries kept. */
export function createEndpointsFileSource({ path, ...rest }: EndpointsFileOptions): FileSource {
  return createFileSource({
    ...rest,
    flag: '--endpoints-file',
    paths: [path],
    accepts: undefined,
    parse: parseEndpointsFile,
  });
}
