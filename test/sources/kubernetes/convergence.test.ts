import { expect, test } from 'vitest';
import { seededRandom } from '../../core/seeded-random.ts';
import { eventually } from './eventually.ts';
import type { FakeApi, Fault } from './fake-api-server.ts';
import { follow } from './following.ts';
import { model, pod } from './objects.ts';
import { MODELS, startCluster } from './test-cluster.ts';

const STEPS = 60;
const FAULTS: readonly Fault[] = [
  'break',
  'hang',
  { status: 410 },
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 500 },
  { status: 403 },
  { status: 200, text: '<html>' },
];

/** A cluster to which anything happens, and what is true of it. */
function createFate(api: FakeApi, random: () => number) {
  const ready = new Set(['10.0.0.1:8000']);
  let weight = 1;
  const pick = (limit: number) => Math.floor(random() * limit);
  const putPod = () => {
    const n = 2 + pick(8);
    const isReady = random() < 0.6;
    api.put('/pods', pod(`p-${n}`, `10.0.0.${n}`, { ready: isReady ? 'True' : 'False' }));
    if (isReady) ready.add(`10.0.0.${n}:8000`);
    else ready.delete(`10.0.0.${n}:8000`);
  };
  const putModel = () => {
    weight += 1;
    api.put(MODELS, model('m', 'lora-request', { a: weight, b: 1 }));
  };
  const fail = () => {
    const fault = FAULTS[pick(FAULTS.length)];
    const share = random();
    api.failWith(() => (random() < share ? fault : undefined));
  };
  const events: readonly (() => void)[] = [
    putPod,
    putPod,
    putModel,
    fail,
    () => api.failWith(() => undefined),
    api.closeWatches,
    api.muteWatches,
    api.compact,
    api.bookmark,
    () => api.say('{"type":"MODIFIED","obj'),
    () => api.say('{"type":"ERROR","object":{"code":500,"message":"no"}}'),
  ];
  return {
    next: () => events[pick(events.length)]?.(),
    truth: () => ({ addresses: [...ready].sort(), targets: { a: weight, b: 1 } }),
  };
}

test.each([1, 2, 3, 4, 5, 6])(
  'whatever happens to the server (%d), nothing is lost, and at last all is known',
  async (seed) => {
    const random = seededRandom(seed);
    const api = await startCluster('10.0.0.1');
    const following = follow(api, {
      timing: { requestMs: 50, lookMs: 50, silenceMs: 400, discoveryMs: 20, deniedMs: 20 },
    });
    await following.source.synced;
    const fate = createFate(api, random);
    for (let step = 0; step < STEPS; step++) {
      fate.next();
      // Some things happen together, others apart: no condition could be awaited instead.
      await new Promise((resolve) => setTimeout(resolve, random() * 20));
      // The first pod is there and ready all the time, and so is the model.
      expect(following.addresses()).toContain('10.0.0.1:8000');
      expect(following.targets('lora-request')).toMatchObject({ b: 1 });
    }
    api.failWith(() => undefined);
    await eventually(() => {
      const { addresses, targets } = fate.truth();
      expect(following.addresses()).toEqual(addresses);
      expect(following.targets('lora-request')).toEqual(targets);
      expect(Object.values(following.states())).toEqual(['current', 'current', 'current']);
    });
  },
);
