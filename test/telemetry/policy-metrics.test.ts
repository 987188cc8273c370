import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { modelName, targetName } from '../../src/core/names.ts';
import { overlayKey } from '../../src/core/overlay.ts';
import { registerPolicyMetrics } from '../../src/telemetry/policy-metrics.ts';
import { member, model, POOL, pool, rewrite, weights } from '../core/objects.ts';
import { loadView } from '../core/pods.ts';
import { seriesOf } from './series.ts';

const LORA = model('lora', 'lora-request', { targets: weights({ a: 90, b: 10 }) });

/** The series of one metric for three pods: one holds a, one has told nothing, one is away. */
function shown(name: string): Promise<readonly string[]> {
  const overlay = new Map([
    [overlayKey(POOL, modelName('lora-request'), targetName('b')), { effective: 0, reason: 'drained' }],
  ]);
  const { snapshot } = compile({
    objects: [pool('pool'), LORA, rewrite('rest', [['any', { c: 1 }]])],
    members: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((ip) => member(ip)),
    poolName: undefined,
    slotOf: (address) => Number(address.at(7)) - 1,
    version: 1,
    overlay,
  });
  const registry = new Registry();
  const load = loadView(
    { models: ['a', 'base'], adapters: ['a'] },
    { models: undefined },
    { models: ['a', 'b'], adapters: ['a', 'b'], freshness: 'dead' },
  );
  registerPolicyMetrics(registry, { snapshot: () => snapshot, load });
  return seriesOf(registry, name);
}

const A = 'namespace="default",pool="pool",model="lora-request",target="a",group="stable",role="stable"';
const B = 'namespace="default",pool="pool",model="lora-request",target="b",group="canary",role="canary"';
const C = 'namespace="default",pool="pool",model="other",target="c",group="stable",role="stable"';

test('targets show the weight that their object asks for, and the one in force', async () => {
  expect(await shown('serin_target_weight')).toEqual([
    `{${A},kind="wanted"} 90`,
    `{${A},kind="effective"} 90`,
    `{${B},kind="wanted"} 10`,
    `{${B},kind="effective"} 0`,
    `{${C},kind="wanted"} 1`,
    `{${C},kind="effective"} 1`,
  ]);
});

test('targets show the pods that may serve them, that say so, and that hold them in a slot', async () => {
  expect(await shown('serin_target_endpoints')).toEqual([
    `{${A},kind="possible"} 2`,
    `{${A},kind="serving"} 1`,
    `{${A},kind="resident"} 1`,
    `{${B},kind="possible"} 1`,
    `{${B},kind="serving"} 0`,
    `{${B},kind="resident"} 0`,
    `{${C},kind="possible"} 1`,
    `{${C},kind="serving"} 0`,
    `{${C},kind="resident"} 0`,
  ]);
});

test('pools show their endpoints by state', async () => {
  expect(await shown('serin_pool_endpoints')).toEqual([
    '{namespace="default",pool="pool",state="unknown"} 0',
    '{namespace="default",pool="pool",state="fresh"} 2',
    '{namespace="default",pool="pool",state="stale"} 0',
    '{namespace="default",pool="pool",state="dead"} 1',
  ]);
});
