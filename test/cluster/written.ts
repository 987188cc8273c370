import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import type { LiveSerin } from './live-serin.ts';

interface StoredObject {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly managedFields?: readonly {
      readonly manager: string;
      readonly operation: string;
      readonly subresource?: string;
    }[];
  };
  readonly spec?: { readonly holderIdentity?: string };
  readonly status?: { readonly conditions?: readonly StoredCondition[] };
}

interface StoredCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** Reads objects of one cluster, and what is written in their status. */
export interface Stored {
  readonly get: (kind: string, name: string) => Promise<StoredObject>;
  /** `type status reason @observedGeneration` of each condition. */
  readonly conditions: (kind: string, name: string) => Promise<readonly string[]>;
  /** Waits until an object has these conditions. */
  readonly until: (kind: string, name: string, conditions: readonly string[]) => Promise<void>;
  readonly message: (kind: string, name: string, type: string) => Promise<string | undefined>;
  /** Waits until the lease has been renewed so often: as much time has passed. */
  readonly renewals: (lease: string, times: number) => Promise<void>;
}

/** Creates the way to read a cluster. */
export function createStored(cluster: Cluster): Stored {
  const get = async (kind: string, name: string): Promise<StoredObject> => {
    const { stdout } = await cluster.kubectl('get', kind, name, '-o', 'json', '--show-managed-fields');
    return JSON.parse(stdout);
  };
  const all = async (kind: string, name: string) => (await get(kind, name)).status?.conditions ?? [];
  const conditions = async (kind: string, name: string) =>
    (await all(kind, name)).map(
      ({ type, status, reason, observedGeneration }) => `${type} ${status} ${reason} @${observedGeneration}`,
    );
  return {
    get,
    conditions,
    until: (kind, name, wanted) =>
      eventually(async () => {
        const found = await conditions(kind, name);
        if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${name}: ${found}`);
      }),
    message: async (kind, name, wanted) =>
      (await all(kind, name)).find(({ type }) => type === wanted)?.message,
    renewals: async (lease, times) => {
      const versions = new Set<string>();
      await eventually(async () => {
        versions.add((await get('lease', lease)).metadata.resourceVersion);
        if (versions.size <= times) throw new Error('not renewed');
      });
    },
  };
}

/** The value of a series; 0 if there is none. */
export async function seriesOf(serin: LiveSerin, series: string): Promise<number> {
  const lines = (await serin.readPage('/metrics')).split('\n');
  return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? 0);
}

/** What was logged of status that could not be written. */
export function troublesOf({ serving }: LiveSerin): readonly unknown[] {
  return serving.lines.filter(({ msg }) => msg === 'status is not written').map(({ what }) => what);
}
