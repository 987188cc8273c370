import { aborted } from '../../aborted.ts';
import type { Endpoint, Pool, Snapshot } from '../../core/snapshot.ts';
import { createIdleWatch } from './idle-watch.ts';
import { runLoadLoop } from './load-loop.ts';
import type { ModelsLoop } from './models-loop.ts';
import { createModelsLoop } from './models-loop.ts';
import type { ScrapeDeps } from './scrape-ports.ts';

/** Keeps the load of every endpoint current. */
export interface Scraper {
  /** Starts and stops the loops of endpoints that came and went; call it with every snapshot. */
  readonly follow: (snapshot: Snapshot) => void;
  /** Runs until the signal aborts; nothing is asked before or after. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Settles when every endpoint of the last snapshot has been tried once, or has gone. */
  readonly firstRound: () => Promise<void>;
}

/** The loops of one endpoint. */
interface Watched {
  readonly endpoint: Endpoint;
  readonly stop: AbortController;
  readonly models: ModelsLoop;
  readonly tried: PromiseWithResolvers<void>;
}

/** Creates a scraper; `follow` may be called before `run`, and the loops begin with the later of both. */
export function createScraper(deps: ScrapeDeps): Scraper {
  const watched = new Map<string, Watched>();
  const rest = createIdleWatch({
    table: deps.table,
    intervalMs: deps.timing.intervalMs,
    random: deps.random,
  });
  const loops = new Set<Promise<void>>();
  const started = Promise.withResolvers<void>();
  const fault = Promise.withResolvers<void>();
  let latest: Snapshot | undefined;
  let isRunning = false;

  function start(endpoint: Endpoint): void {
    const stop = new AbortController();
    const models = createModelsLoop(endpoint, deps);
    const tried = Promise.withResolvers<void>();
    watched.set(endpoint.address, { endpoint, stop, models, tried });
    const listener = { tried: tried.resolve, revived: models.again };
    keep(runLoadLoop({ endpoint, deps, listener, rest }, stop.signal));
    keep(models.run(stop.signal));
  }

  /** A loop that breaks ends the scraper: a pod that nobody watches would keep its last figures for ever. */
  function keep(loop: Promise<void>): void {
    const kept = loop.catch(fault.reject).finally(() => loops.delete(kept));
    loops.add(kept);
  }

  function stop(address: string, { stop: stopping, tried }: Watched): void {
    stopping.abort();
    watched.delete(address);
    tried.resolve();
  }

  function sync(snapshot: Snapshot): void {
    const endpoints = endpointsOf(snapshot);
    // An address that went and came back has another slot.
    const gone = [...watched].filter(
      ([address, each]) => endpoints.get(address)?.slot !== each.endpoint.slot,
    );
    for (const [address, each] of gone) stop(address, each);
    const added = [...endpoints.values()].filter(({ address }) => !watched.has(address));
    for (const endpoint of added) start(endpoint);
    for (const [address, targets] of targetsByAddress(snapshot)) watched.get(address)?.models.want(targets);
  }

  return {
    follow: (snapshot) => {
      latest = snapshot;
      if (isRunning) sync(snapshot);
    },
    firstRound: async () => {
      await started.promise;
      await Promise.all([...watched.values()].map(({ tried }) => tried.promise));
    },
    run: async (signal) => {
      isRunning = true;
      if (latest !== undefined) sync(latest);
      started.resolve();
      try {
        await Promise.race([aborted(signal), fault.promise]);
      } finally {
        isRunning = false;
        for (const [address, each] of [...watched]) stop(address, each);
        await Promise.all(loops);
      }
    },
  };
}

function endpointsOf(snapshot: Snapshot): ReadonlyMap<string, Endpoint> {
  const pools = [...snapshot.pools.values()];
  return new Map(pools.flatMap(({ endpoints }) => endpoints.map((endpoint) => [endpoint.address, endpoint])));
}

/** The targets that each endpoint may be asked for, by all of its pools. */
function targetsByAddress(snapshot: Snapshot): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  for (const pool of snapshot.pools.values()) {
    const targets = targetsOf(pool);
    for (const { address } of pool.endpoints)
      all.set(address, new Set([...targets, ...(all.get(address) ?? [])]));
  }
  return all;
}

function targetsOf({ rules, anyRule }: Pool): ReadonlySet<string> {
  const all = anyRule === undefined ? [...rules.values()] : [...rules.values(), anyRule];
  const targets = all.flatMap((rule) => (rule.kind === 'weighted' ? rule.targets : []));
  return new Set(targets.map(({ name }) => name));
}
