import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Member } from '../../src/core/members.ts';
import { parseManifests } from '../../src/sources/manifests/parse-manifests.ts';
import { createStore } from '../../src/state/store.ts';
import { formatNumber } from '../report/format.ts';
import { median } from '../report/median.ts';
import type { Target } from '../report/target.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/multi-lora');
const ENDPOINTS = 1000;
const ROUNDS = 60;
/** Rounds that only warm the compiler up. */
const WARM_UP = 20;
const MOST_MS = 5;

function members(version: number): readonly Member[] {
  return Array.from({ length: ENDPOINTS }, (_, at) => ({
    // One pod is replaced from round to round, as when a Deployment rolls.
    name: `vllm-${at === 0 ? ENDPOINTS + version : at}`,
    ip: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
    port: 8000,
    labels: undefined,
    namespace: undefined,
  }));
}

/** How long a snapshot of a large pool takes to be made anew when one of its endpoints has changed. */
export function measureSnapshot(): readonly Target[] {
  const store = createStore({ poolName: undefined, onSlotFreed: () => undefined });
  const objects = ['inferencepool.yaml', 'inferencemodel.yaml'].flatMap((file) => {
    const read = parseManifests(file, readFileSync(join(EXAMPLE, file), 'utf8'), 'default');
    return read.items.flatMap((item) => (item.kind === 'good' ? [item.value] : []));
  });
  store.publishPolicy('example', objects);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const slice = members(round);
    const startedMs = performance.now();
    store.publishMembers('endpoints', slice);
    times.push(performance.now() - startedMs);
  }
  const [pool] = store.current().pools.values();
  if (pool?.endpoints.length !== ENDPOINTS) throw new Error('the pool has not got its endpoints');
  const found = median(times.slice(WARM_UP));
  return [
    {
      work: `snapshot rebuild, ${ENDPOINTS} endpoints`,
      found: `${formatNumber(found)} ms`,
      wanted: `≤ ${MOST_MS} ms`,
      holds: found <= MOST_MS,
    },
  ];
}
