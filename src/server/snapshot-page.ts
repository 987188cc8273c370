import type { Conflict } from '../core/conflict.ts';
import type { LoadView } from '../core/load-view.ts';
import type { ObjectMeta } from '../core/policy.ts';
import type { Endpoint, Pool, Rule, Snapshot } from '../core/snapshot.ts';
import { formatPlace } from '../sources/problems/problem.ts';

/** What Serin knows, as plain JSON for `/debug/snapshot`. */
export function snapshotPage(snapshot: Snapshot, load: LoadView, conflicts: readonly Conflict[]): object {
  const { exact, suffixes, any } = snapshot.hosts;
  return {
    version: snapshot.version,
    defaultPool: snapshot.defaultPool,
    hosts: {
      ...Object.fromEntries(exact),
      ...Object.fromEntries(suffixes.map(({ suffix, pool }) => [`*${suffix}`, pool])),
      ...(any === undefined ? {} : { '*': any }),
    },
    pools: [...snapshot.pools.values()].map((pool) => poolPage(pool, load)),
    conflicts: conflicts.map(({ model, winner, loser }) => ({
      name: model,
      winner: objectPage(winner),
      loser: objectPage(loser),
    })),
  };
}

function poolPage(pool: Pool, load: LoadView): object {
  return {
    pool: pool.key,
    models: Object.fromEntries([...pool.rules].map(([name, rule]) => [name, rulePage(rule)])),
    ...(pool.anyRule === undefined ? {} : { otherModels: rulePage(pool.anyRule) }),
    objectives: Object.fromEntries(pool.objectives),
    endpoints: pool.endpoints.map((endpoint) => endpointPage(endpoint, load)),
  };
}

function rulePage(rule: Rule): object {
  const object = objectPage(rule.object);
  if (rule.kind === 'invalid') return { object, problem: rule.problem };
  return { object, criticality: rule.criticality, targets: rule.targets };
}

function objectPage({ kind, namespace, name, place }: ObjectMeta): object {
  return { kind, namespace, name, place: formatPlace(place) };
}

function endpointPage({ slot, address, name }: Endpoint, load: LoadView): object {
  const models = load.models[slot];
  return {
    address,
    name,
    state: load.freshness[slot] ?? 'unknown',
    waiting: load.waiting[slot] ?? 0,
    running: load.running[slot] ?? 0,
    sent: load.sent[slot] ?? 0,
    kvUsage: load.kvUsage[slot] ?? 0,
    maxLoras: load.maxLoras[slot] ?? 0,
    adapters: [...(load.adapters[slot] ?? [])],
    models: models === undefined ? 'unknown' : [...models.keys()],
  };
}
