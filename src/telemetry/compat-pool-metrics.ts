import type { LoadView } from '../core/load-view.ts';
import type { Endpoint, Pool } from '../core/snapshot.ts';
import { familyText, labelText, sample } from './exposition.ts';
import type { PolicyFigures } from './policy-metrics.ts';

/** The gauges of pools under the names that dashboards for the Go pickers read. */
export function compatPoolText({ snapshot, load }: PolicyFigures): string {
  const pools = [...snapshot().pools.values()];
  const averages = FAMILIES.map(({ names, value }) =>
    names.map((name) =>
      familyText(
        { name, type: 'gauge', help: 'Over the endpoints of a pool that are not away' },
        pools.map((pool) => sample(name, namesOf(pool), value(alive(pool, load), load))),
      ),
    ),
  );
  const queues = QUEUES.map(({ name, label }) =>
    familyText(
      { name, type: 'gauge', help: 'Requests that wait in an endpoint' },
      pools.flatMap((pool) =>
        alive(pool, load).map((endpoint) =>
          sample(
            name,
            `${namesOf(pool)},${labelText({ [label]: rankOf(endpoint, pool) })}`,
            load.waiting[endpoint.slot] ?? 0,
          ),
        ),
      ),
    ),
  );
  return [...averages.flat(), ...queues].join('');
}

interface PoolFamily {
  readonly names: readonly string[];
  readonly value: (endpoints: readonly Endpoint[], load: LoadView) => number;
}

type Figure = (slot: number, load: LoadView) => number;

const kvUsage: Figure = (slot, load) => load.kvUsage[slot] ?? 0;
const waiting: Figure = (slot, load) => load.waiting[slot] ?? 0;
const running: Figure = (slot, load) => load.running[slot] ?? 0;

const FAMILIES: readonly PoolFamily[] = [
  {
    names: ['inference_pool_average_kv_cache_utilization', 'llm_d_epp_average_kv_cache_utilization'],
    value: mean(kvUsage),
  },
  { names: ['inference_pool_average_queue_size', 'llm_d_epp_average_queue_size'], value: mean(waiting) },
  { names: ['llm_d_epp_average_running_requests'], value: mean(running) },
  { names: ['llm_d_epp_std_dev_kv_cache_utilization'], value: deviation(kvUsage) },
  { names: ['llm_d_epp_std_dev_queue_size'], value: deviation(waiting) },
  { names: ['llm_d_epp_std_dev_running_requests'], value: deviation(running) },
  { names: ['inference_pool_ready_pods', 'llm_d_epp_ready_endpoints'], value: ({ length }) => length },
];

const QUEUES = [
  { name: 'inference_pool_per_pod_queue_size', label: 'model_server_pod' },
  { name: 'llm_d_epp_per_endpoint_queue_size', label: 'model_server_endpoint' },
];

function mean(figure: Figure): PoolFamily['value'] {
  return (endpoints, load) => {
    const total = endpoints.reduce((sum, { slot }) => sum + figure(slot, load), 0);
    return endpoints.length === 0 ? 0 : total / endpoints.length;
  };
}

function deviation(figure: Figure): PoolFamily['value'] {
  return (endpoints, load) => {
    const centre = mean(figure)(endpoints, load);
    return Math.sqrt(mean((slot) => (figure(slot, load) - centre) ** 2)(endpoints, load));
  };
}

function alive({ endpoints }: Pool, load: LoadView): readonly Endpoint[] {
  return endpoints.filter(({ slot }) => load.freshness[slot] !== 'dead');
}

/** Those pickers serve one pool; beside its name stands the namespace, for two pools may have one name. */
function namesOf({ key }: Pool): string {
  const slash = key.indexOf('/');
  return labelText({ name: key.slice(slash + 1), namespace: key.slice(0, slash) });
}

/** Those pickers number the ports of a pod. */
function rankOf(endpoint: Endpoint, { endpoints }: Pool): string {
  return `${endpoint.name}-rank-${endpoints.filter(({ name }) => name === endpoint.name).indexOf(endpoint)}`;
}
