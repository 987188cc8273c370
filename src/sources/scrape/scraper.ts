import type { Endpoint, Pool, Snapshot } from '../../core/snapshot.ts';
import { runLoadLoop } from './load-loop.ts';
import type { ModelsLoop } from './models-loop.ts';
import { createModelsLoop } from './models-loop.ts';
import type { ScrapeDeps } from './scrape-ports.ts';

/** Keeps the load of every endpoint current. */
export interface Scraper {
  /** Starts and stops the loops of endpoints that came and went; call it with every snapshot. */
  readonly follow: (snapshot: Snapshot) => void;
  /** Runs until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Settles when every endpoint of the first snapshot that was followed has been scraped once. */
  readonly firstRound: Promise<void>;
}

/** The loops of one endpoint. */
interface Watched {
  readonly endpoint: Endpoint;
  readonly stop: AbortController;
  readonly models: ModelsLoop;
}

/** Creates a scraper; `follow` may be called before `run`, and the loops begin with the later of both. */
export function createScraper(deps: ScrapeDeps): Scraper {
  const watched = new Map<string, Watched>();
  const running = new Set<Promise<unknown>>();
  const round = Promise.withResolvers<void>();
  const pending = new Set<string>();
  let began = false;

  function start(endpoint: Endpoint): void {
    const stop = new AbortController();
    const models = createModelsLoop(endpoint, deps);
    watched.set(endpoint.address, { endpoint, stop, models });
    const onFirst = () => passed(endpoint.address);
    const loops = Promise.all([runLoadLoop(endpoint, deps, stop.signal, onFirst), models.run(stop.signal)]);
    running.add(loops);
    loops.finally(() => running.delete(loops)).catch(() => undefined);
  }

  function passed(address: string): void {
    if (pending.delete(address) && pending.size === 0) round.resolve();
  }

  function stop(address: string, { stop: aborted }: Watched): void {
    aborted.abort();
    watched.delete(address);
    passed(address);
  }

  function follow(snapshot: Snapshot): void {
    const endpoints = endpointsOf(snapshot);
    // An address that went and came back has another slot.
    const gone = [...watched].filter(
      ([address, { endpoint }]) => endpoints.get(address)?.slot !== endpoint.slot,
    );
    for (const [address, loops] of gone) stop(address, loops);
    const added = [...endpoints.values()].filter(({ address }) => !watched.has(address));
    if (!began) beginRound(added);
    for (const endpoint of added) start(endpoint);
    for (const pool of snapshot.pools.values()) wantTargets(pool);
  }

  function beginRound(endpoints: readonly Endpoint[]): void {
    began = true;
    for (const { address } of endpoints) pending.add(address);
    if (pending.size === 0) round.resolve();
  }

  function wantTargets(pool: Pool): void {
    const targets = targetsOf(pool);
    for (const { address } of pool.endpoints) watched.get(address)?.models.want(targets);
  }

  return {
    follow,
    firstRound: round.promise,
    run: async (signal) => {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      for (const [address, loops] of [...watched]) stop(address, loops);
      await Promise.all(running);
    },
  };
}

function endpointsOf(snapshot: Snapshot): ReadonlyMap<string, Endpoint> {
  const pools = [...snapshot.pools.values()];
  return new Map(pools.flatMap(({ endpoints }) => endpoints.map((endpoint) => [endpoint.address, endpoint])));
}

function targetsOf({ rules, anyRule }: Pool): ReadonlySet<string> {
  const all = anyRule === undefined ? [...rules.values()] : [...rules.values(), anyRule];
  const targets = all.flatMap((rule) => (rule.kind === 'weighted' ? rule.targets : []));
  return new Set(targets.map(({ name }) => name));
}
