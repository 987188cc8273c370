import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { createAsk } from '../app-decisions.ts';
import { createFollowingScraper, createSources } from '../app-sources.ts';
import { createState } from '../app-state.ts';
import type { Config } from '../config/config.ts';
import { answerJson, type Question } from '../server/explain-page.ts';
import { createLog } from '../telemetry/log.ts';
import { createSourceMetrics } from '../telemetry/source-metrics.ts';

/** An answer, and what is wrong with the files that it is from. */
export interface OfflineAnswer {
  readonly answer: object;
  readonly problems: readonly string[];
}

/** How long sources and pods may take; what has not told by then is unknown. */
const PATIENCE_MS = 5_000;
const ERRORS_ONLY = 0;

/**
 * Answers by what the sources that `serin serve` runs with these flags tell at one look, and one scrape of each
 * pod.
 */
export async function askOffline(
  config: Config,
  question: Question,
  signal: AbortSignal,
): Promise<OfflineAnswer> {
  const problems: string[] = [];
  const now = () => performance.now();
  const random = Math.random;
  const log = createLog(ERRORS_ONLY, { write: (line) => void problems.push(String(JSON.parse(line).msg)) });
  const metrics = createSourceMetrics(new Registry(), now);
  const state = createState(config, { now, epochMs: Date.now });
  const { store, table: load, problems: standing } = state;
  const deps = { config, store, load, problems: standing, metrics, log, now, random };
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const scraper = createFollowingScraper({ ...deps, ...state }, ended);
  const sources = createSources(deps);
  const running = Promise.all([scraper, ...sources].map((part) => part.run(ended)));
  try {
    const read = Promise.all(sources.map(({ condition }) => condition.met)).then(scraper.firstRound);
    await Promise.race([read, running, sleep(PATIENCE_MS, undefined, { signal: ended })]);
    return { answer: answerJson(question.request, createAsk({ config, state, random })(question)), problems };
  } finally {
    stop.abort();
    await running.catch(() => undefined);
  }
}
