import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDecisions } from '../../src/app-decisions.ts';
import { createLive } from '../../src/app-live.ts';
import { createMetrics } from '../../src/app-metrics.ts';
import { createState, type State } from '../../src/app-state.ts';
import { type Config, parseConfig } from '../../src/config/config.ts';
import { decide } from '../../src/core/decide.ts';
import type { Forward } from '../../src/core/decision.ts';
import { modelName } from '../../src/core/names.ts';
import { joinSinks } from '../../src/core/request-record.ts';
import { type ObserverDeps, observeRequest } from '../../src/server/request-observer.ts';
import type { StreamObserver } from '../../src/server/stream.ts';
import { parseManifests } from '../../src/sources/manifests/parse-manifests.ts';
import type { LedgerEntry } from '../../src/state/ledger.ts';
import { createRateLimit } from '../../src/state/rate-limit.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createRequestLog } from '../../src/telemetry/request-log.ts';

/** Everything that is told of requests, as `serin serve` builds it. */
export interface Told {
  /** What observes streams, without some of it. */
  readonly observer: (without: Partial<ObserverDeps<LedgerEntry>>) => () => StreamObserver;
  /** Decides a request of the example. */
  readonly decide: () => Forward;
}

const EXAMPLE = join(import.meta.dirname, '../../examples/multi-lora');
const MODEL = modelName('lora-request');
const PODS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];

/** Builds it with default flags, three pods and ten adapters. */
export async function createTold(stop: AbortSignal): Promise<Told> {
  const parsed = parseConfig(['--manifests', EXAMPLE, '--endpoints', `${PODS[0]}:8000`], {});
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
  const { config } = parsed;
  const clocks = { now: () => performance.now(), epochMs: Date.now };
  const log = createLog(2, process.stderr);
  const state = createState(config, clocks);
  const metrics = createMetrics(config, state, { ...clocks, stop });
  const live = createLive({ config, state, log, ...clocks }, stop);
  const { watchers } = await createDecisions({ config, state, env: {}, log, random: Math.random, ...clocks });
  publishExample(state);
  const logRequest = createRequestLog(log, createRateLimit(config.requestLogRate, clocks.now));
  const deps = {
    ...{ ledger: state.ledger, metrics: metrics.requests, watchers, ...clocks },
    record: joinSinks([logRequest, metrics.record, ...live.records]),
  };
  return {
    observer: (without) => {
      const left = { ...deps, ...without };
      return () => observeRequest(left);
    },
    decide: () => decideOne(state, config),
  };
}

function publishExample({ store, table }: State): void {
  const objects = ['inferencepool.yaml', 'inferencemodel.yaml'].flatMap((file) => {
    const read = parseManifests(file, readFileSync(join(EXAMPLE, file), 'utf8'), 'default');
    return read.items.flatMap((item) => (item.kind === 'good' ? [item.value] : []));
  });
  store.publishPolicy('example', objects);
  const unknown = { labels: undefined, namespace: undefined };
  store.publishMembers(
    'endpoints',
    PODS.map((ip) => ({ name: ip, ip, port: 8000, ...unknown })),
  );
  for (const slot of PODS.keys()) table.setFreshness(slot, 'fresh');
}

function decideOne({ store, table: load }: State, options: Config): Forward {
  const request = { host: '', model: MODEL, objective: undefined, session: undefined, subset: undefined };
  const origin = { pool: undefined, authority: undefined };
  const context = { snapshot: store.current(), load, random: Math.random, options, origin };
  const decision = decide(request, context);
  if (decision.kind === 'reject') throw new Error(decision.message);
  return decision;
}
