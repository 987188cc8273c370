import { createAccessLog } from './app-access-log.ts';
import { followAvailability } from './app-availability.ts';
import { createDecisions, type Decisions } from './app-decisions.ts';
import { createLive, type Live } from './app-live.ts';
import { createMetrics, type Metrics } from './app-metrics.ts';
import { createService } from './app-service.ts';
import { createFollowingScraper, createSources, type RunningSource } from './app-sources.ts';
import { createState, type State } from './app-state.ts';
import type { Config } from './config/config.ts';
import type { AccessLogService } from './server/access-log.ts';
import type { ExtProcService } from './server/ext-proc-call.ts';
import { createTimerWheel, type TimerWheel } from './server/timer-wheel.ts';
import type { Scraper } from './sources/scrape/scraper.ts';
import { createRateLimit } from './state/rate-limit.ts';
import type { Log } from './telemetry/log.ts';
import { createRequestLog } from './telemetry/request-log.ts';

/** What `serin serve` has of its process. */
export interface Process {
  readonly config: Config;
  readonly log: Log;
  /** For OpenTelemetry, whose variables are no flags. */
  readonly env: { readonly [name: string]: string | undefined };
}

/** Everything that answers a request, without the ports that it comes in by. */
export interface Picker {
  readonly state: State;
  readonly metrics: Metrics;
  readonly live: Live;
  readonly decisions: Decisions;
  readonly sources: readonly RunningSource[];
  readonly scraper: Scraper;
  readonly wheel: TimerWheel;
  readonly services: { readonly extProc: ExtProcService; readonly accessLog: AccessLogService };
  /** What has to run for it: rejects with the first fault. */
  readonly parts: readonly { readonly run: (signal: AbortSignal) => Promise<void> }[];
}

const WHEEL_TICK_MS = 25;

/** Builds a picker; nothing runs yet. Aborting `stop` ends its connections to pods and replicas. */
export async function createPicker({ config, log, env }: Process, stop: AbortSignal): Promise<Picker> {
  const now = () => performance.now();
  const random = Math.random;
  const epochMs = Date.now;
  const state = createState(config, { now, epochMs });
  const metrics = createMetrics(config, state, { now, stop });
  const { store, table: load, problems } = state;
  followAvailability({ config, state, metrics: metrics.sources, log, epochMs });
  const sourceDeps = { config, store, load, problems, metrics: metrics.sources, log, now, random };
  const live = createLive({ config, state, log, now, epochMs }, stop);
  const scraper = createFollowingScraper({ ...sourceDeps, ...state }, stop);
  const sources = createSources(sourceDeps);
  const decisions = await createDecisions({ config, state, env, log, now, random });
  const wheel = createTimerWheel({ tickMs: WHEEL_TICK_MS, now });
  const logRequest = createRequestLog(log, createRateLimit(config.requestLogRate, now));
  const told = {
    ...{ config, state, metrics: metrics.requests, log, epochMs, now },
    records: [logRequest, metrics.record, ...live.records],
  };
  const services = {
    extProc: createService({ ...told, watchers: decisions.watchers, wheel, random }),
    accessLog: createAccessLog({ ...told, entries: metrics.entries }),
  };
  const parts = [scraper, wheel, live, ...sources];
  return { state, metrics, live, decisions, sources, scraper, wheel, services, parts };
}
