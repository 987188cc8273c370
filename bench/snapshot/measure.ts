import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Member } from '../../src/core/members.ts';
import { parseManifests } from '../../src/sources/manifests/parse-manifests.ts';
import { createStore, type Store } from '../../src/state/store.ts';
import { type Effort, takeTurns } from '../micro/turns.ts';

/** What it costs to make a snapshot of a pool anew when one of its endpoints has changed. */
export interface SnapshotRow {
  readonly endpoints: number;
  readonly us: number;
  /** Of an object for each endpoint, and a map of them by address, which is the least that a snapshot holds. */
  readonly floorUs: number;
  readonly ratio: number;
}

const EXAMPLE = join(import.meta.dirname, '../../examples/multi-lora');

/** Times the snapshots of pools of so many endpoints, each in turns with the floor. */
export function measureSnapshots(counts: readonly number[], effort: Effort): readonly SnapshotRow[] {
  return counts.map((endpoints) => {
    const store = exampleStore();
    // One pod is replaced each time, as when a Deployment rolls.
    const [one, other] = [membersOf(endpoints, 'vllm-old'), membersOf(endpoints, 'vllm-new')];
    let members = one;
    const turns = takeTurns(
      new Map([
        [
          'ours',
          () => {
            members = members === one ? other : one;
            rebuild(store, members);
          },
        ],
        ['floor', () => index(one)],
      ]),
      effort,
    );
    const ratio = turns.ratio('ours', 'floor');
    return { endpoints, us: turns.us('ours'), floorUs: turns.us('floor'), ratio };
  });
}

function exampleStore(): Store {
  const store = createStore({ poolName: undefined, onSlotFreed: () => undefined });
  const objects = ['inferencepool.yaml', 'inferencemodel.yaml'].flatMap((file) => {
    const read = parseManifests(file, readFileSync(join(EXAMPLE, file), 'utf8'), 'default');
    return read.items.flatMap((item) => (item.kind === 'good' ? [item.value] : []));
  });
  store.publishPolicy('example', objects);
  return store;
}

function membersOf(count: number, first: string): readonly Member[] {
  return Array.from({ length: count }, (_, at) => ({
    name: at === 0 ? first : `vllm-${at}`,
    ip: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
    port: 8000,
    labels: undefined,
    namespace: undefined,
  }));
}

function rebuild(store: Store, members: readonly Member[]): void {
  store.publishMembers('endpoints', members);
  const [pool] = store.current().pools.values();
  if (pool?.endpoints.length !== members.length) throw new Error('the pool has not got its endpoints');
}

function index(members: readonly Member[]): void {
  const endpoints = members.map(({ name, ip, port }, slot) => ({ slot, name, address: `${ip}:${port}` }));
  const byAddress = new Map(endpoints.map((endpoint) => [endpoint.address, endpoint]));
  if (byAddress.size !== members.length) throw new Error('two endpoints have one address');
}
