import type { ModelKind } from '../core/load-view.ts';
import type { Endpoint, Pool, Snapshot } from '../core/snapshot.ts';
import { type Finding, findingsOf, listOf } from './finding.ts';

/** What the pods say that they serve, by address; a pod that is missing has not told. */
export type ServedModels = ReadonlyMap<string, ReadonlyMap<string, ModelKind>>;

const { ok, warning, fault } = findingsOf('adapters');

/** Compares the targets of the policy with what the pods serve. */
export function checkAdapters({ pools }: Snapshot, served: ServedModels): readonly Finding[] {
  return [...pools.values()].flatMap((pool) => (pool.endpoints.length === 0 ? [] : checkPool(pool, served)));
}

function checkPool(pool: Pool, served: ServedModels): readonly Finding[] {
  const silent = pool.endpoints.filter(({ address }) => !served.has(address));
  const telling = pool.endpoints.filter(({ address }) => served.has(address));
  const targets = targetsOf(pool).map((target) => checkTarget(target, { pool, telling, silent, served }));
  const whole = targets.every((finding) => finding === undefined);
  return [
    ...silentFinding(silent),
    ...targets.flatMap((finding) => finding ?? []),
    ...(whole && silent.length === 0
      ? [ok(`every pod of ${pool.key} serves every target of its ${rulesOf(pool).length} models`)]
      : []),
  ];
}

function silentFinding(silent: readonly Endpoint[]): readonly Finding[] {
  if (silent.length === 0) return [];
  return [
    warning(
      `${listOf(silent.map(({ address }) => address))}: /v1/models is not told, so they may get requests for any target`,
      'let /v1/models answer; if it wants a key, --model-server-api-key-file',
    ),
  ];
}

interface TargetContext {
  readonly pool: Pool;
  readonly telling: readonly Endpoint[];
  readonly silent: readonly Endpoint[];
  readonly served: ServedModels;
}

function checkTarget(target: string, context: TargetContext): Finding | undefined {
  const { pool, telling, silent, served } = context;
  const lacking = telling.filter(({ address }) => !served.get(address)?.has(target));
  if (lacking.length === 0) return undefined;
  const load = `load it (--lora-modules, or POST /v1/load_lora_adapter)`;
  if (lacking.length === telling.length && silent.length === 0) {
    const models = rulesOf(pool).flatMap(([name, rule]) => (weightIn(rule, target) > 0 ? [name] : []));
    const share = models.length === 0 ? 'its weight is 0' : `a share of ${listOf(models)} gets 503`;
    const report = models.length === 0 ? warning : fault;
    return report(
      `${target}: no pod of ${pool.key} serves it; ${share}`,
      `${load}, or take it out of the policy`,
    );
  }
  return warning(
    `${target}: ${lacking.length} of ${pool.endpoints.length} pods of ${pool.key} do not serve it: ${listOf(lacking.map(({ address }) => address))}`,
    `${load} on those too, or leave it if it is meant so: only the others get its requests`,
  );
}

type Rule = NonNullable<Pool['anyRule']>;

function weightIn(rule: Rule, target: string): number {
  if (rule.kind !== 'weighted') return 0;
  return rule.targets.find(({ name }) => name === target)?.effective ?? 0;
}

/** Every rule by its model name; `*` stands for all names without one. */
function rulesOf({ rules, anyRule }: Pool): readonly (readonly [string, Rule])[] {
  return [...rules, ...(anyRule === undefined ? [] : [['*', anyRule] as const])];
}

function targetsOf(pool: Pool): readonly string[] {
  const targets = rulesOf(pool).flatMap(([, rule]) => (rule.kind === 'weighted' ? rule.targets : []));
  return [...new Set(targets.map(({ name }) => name))];
}
