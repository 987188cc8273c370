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
  /** Told that a connection to an address has ended, which may mean that its pod has. */
  readonly unsettled: (address: string) => void;
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

/** New endpoints are asked for the first time within so much time for each, and all within so much. */
const START_EACH_MS = 2;
const START_WITHIN_MS = 500;

/** Creates a scraper; `follow` may be called before `run`, and the loops begin with the later of both. */
export function createScraper(deps: ScrapeDeps): Scraper {
  const watched = new Map<string, Watched>();
  const watch = createIdleWatch(deps);
  const loops = new Set<Promise<void>>();
  const started = Promise.withResolvers<void>();
  const fault = Promise.withResolvers<void>();
  let latest: Snapshot | undefined;
  let isRunning = false;

  function start(endpoint: Endpoint, delayMs: number): void {
    const stop = new AbortController();
    const models = createModelsLoop(endpoint, deps);
    const tried = Promise.withResolvers<void>();
    watched.set(endpoint.address, { endpoint, stop, models, tried });
    const listener = { tried: tried.resolve, revived: models.again };
    keep(runLoadLoop({ endpoint, deps, listener, watch, delayMs }, stop.signal));
    keep(models.run(delayMs, stop.signal));
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
    const withinMs = Math.min(START_WITHIN_MS, added.length * START_EACH_MS);
    for (const endpoint of added) start(endpoint, withinMs * deps.random());
    for (const [address, targets] of targetsByAddress(snapshot)) watched.get(address)?.models.want(targets);
  }

  return {
    follow: (snapshot) => {
      latest = snapshot;
      if (isRunning) sync(snapshot);
    },
    unsettled: (address) => {
      const slot = watched.get(address)?.endpoint.slot;
      if (slot !== undefined) watch.unsettled(slot);
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
