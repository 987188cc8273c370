import { Gauge, type Registry } from 'prom-client';
import type { Freshness, LoadView } from '../core/load-view.ts';
import { OTHER } from '../core/name-labels.ts';
import type { Endpoint, Pool, Rule, Snapshot, Target } from '../core/snapshot.ts';
import { poolLabels } from './pool-labels.ts';

/** What the metrics of weights, targets and pools are read from. */
export interface PolicyFigures {
  readonly snapshot: () => Snapshot;
  readonly load: LoadView;
}

const STATES: readonly Freshness[] = ['unknown', 'fresh', 'stale', 'dead'];
const TARGET = ['namespace', 'pool', 'model', 'target', 'group', 'role'] as const;

/** Registers what is known of targets and pools; it is read from the snapshot when somebody asks. */
export function registerPolicyMetrics(registry: Registry, figures: PolicyFigures): void {
  const registers = [registry];
  new Gauge({
    name: 'serin_target_weight',
    help: 'Weights of targets: those that objects ask for, and those in force',
    labelNames: [...TARGET, 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { labels, target } of shownTargets(figures.snapshot())) {
        this.set({ ...labels, kind: 'wanted' }, target.wanted);
        this.set({ ...labels, kind: 'effective' }, target.effective);
      }
    },
  });
  new Gauge({
    name: 'serin_target_endpoints',
    help: 'Pods of targets: those that may serve it, those that say so, and those that hold it in a GPU slot',
    labelNames: [...TARGET, 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { labels, target, pool } of shownTargets(figures.snapshot())) {
        for (const [kind, count] of Object.entries(countHolders(pool, target.name, figures.load))) {
          this.set({ ...labels, kind }, count);
        }
      }
    },
  });
  new Gauge({
    name: 'serin_pool_endpoints',
    help: 'Endpoints of pools by state',
    labelNames: ['namespace', 'pool', 'state'],
    registers,
    collect() {
      this.reset();
      for (const pool of figures.snapshot().pools.values()) {
        for (const state of STATES) {
          const count = pool.endpoints.filter((endpoint) => stateOf(endpoint, figures.load) === state).length;
          this.set({ ...poolLabels(pool.key), state }, count);
        }
      }
    },
  });
}

interface ShownTarget {
  readonly pool: Pool;
  readonly target: Target;
  readonly labels: Readonly<Record<(typeof TARGET)[number], string>>;
}

function shownTargets({ pools }: Snapshot): readonly ShownTarget[] {
  return [...pools.values()].flatMap((pool) => {
    // Requests by a rule without matches are counted under the one label that unknown names have.
    const rest: readonly (readonly [string, Rule])[] =
      pool.anyRule === undefined ? [] : [[OTHER, pool.anyRule]];
    return [...pool.rules, ...rest].flatMap(([model, rule]) =>
      targetsOf(rule).map((target) => shown(pool, model, target)),
    );
  });
}

function shown(pool: Pool, model: string, target: Target): ShownTarget {
  const { name, group, role } = target;
  return { pool, target, labels: { ...poolLabels(pool.key), model, target: name, group, role } };
}

function targetsOf(rule: Rule): readonly Target[] {
  return rule.kind === 'weighted' ? rule.targets : [];
}

function stateOf({ slot }: Endpoint, load: LoadView): Freshness {
  return load.freshness[slot] ?? 'unknown';
}

/** Pods that are not away; one that has not told its models may serve any. */
function countHolders(pool: Pool, target: string, load: LoadView) {
  const alive = pool.endpoints
    .filter((endpoint) => stateOf(endpoint, load) !== 'dead')
    .map(({ slot }) => slot);
  return {
    possible: alive.filter((slot) => load.models[slot]?.has(target) !== false).length,
    serving: alive.filter((slot) => load.models[slot]?.has(target) === true).length,
    resident: alive.filter((slot) => load.adapters[slot]?.has(target) === true).length,
  };
}
