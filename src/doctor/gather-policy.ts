import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { createSources, type RunningSource } from '../app-sources.ts';
import { createState } from '../app-state.ts';
import type { Config } from '../config/config.ts';
import { messageOf } from '../sources/files/system-error.ts';
import { createLog } from '../telemetry/log.ts';
import { createSourceMetrics } from '../telemetry/source-metrics.ts';
import type { PolicyFacts } from './check-policy.ts';

/** How long sources may take; one that takes longer has trouble. */
export interface PolicyPatience {
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

const ERRORS_ONLY = 0;

/** Reads policy and pods once, by the very sources that `serin serve` runs with these flags. */
export async function gatherPolicy(
  config: Config,
  { patienceMs, signal }: PolicyPatience,
): Promise<PolicyFacts> {
  const now = () => performance.now();
  const problems: string[] = [];
  const { store, table, problems: standing } = createState(config, { now, epochMs: Date.now });
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  // What sources find wrong with objects is an error in the log of `serin serve`.
  const log = createLog(ERRORS_ONLY, { write: (line) => void problems.push(String(JSON.parse(line).msg)) });
  const metrics = createSourceMetrics(new Registry(), now);
  const deps = { config, store, load: table, problems: standing, metrics, log, now, random: Math.random };
  const sources = createSources(deps);
  try {
    const outcomes = await Promise.all(
      sources.map((source) => readOnce(source, { patienceMs, signal: ended })),
    );
    return {
      snapshot: store.current(),
      conflicts: store.conflicts(),
      problems,
      unread: outcomes.filter((outcome) => outcome !== undefined),
    };
  } finally {
    stop.abort();
  }
}

async function readOnce(
  { condition, run }: RunningSource,
  { patienceMs, signal }: PolicyPatience,
): Promise<PolicyFacts['unread'][number] | undefined> {
  const failed = run(signal).then(
    () => 'it ended',
    (error: unknown) => messageOf(error),
  );
  const patience = new AbortController();
  const late = sleep(patienceMs, `not within ${patienceMs / 1000} s`, { signal: patience.signal });
  late.catch(() => undefined);
  const reason = await Promise.race([condition.met.then(() => undefined), failed, late]);
  patience.abort();
  return reason === undefined ? undefined : { source: condition.name, reason };
}
