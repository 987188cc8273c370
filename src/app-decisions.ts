import type { State } from './app-state.ts';
import type { Config } from './config/config.ts';
import type { Decision } from './core/decision.ts';
import { explain } from './core/explain.ts';
import type { Page, Pages } from './server/admin.ts';
import { decisionsPage } from './server/decisions-page.ts';
import { explainPage, type Question } from './server/explain-page.ts';
import { DEBUG_WATCHER, type Watcher } from './server/watcher.ts';
import { createDecisionRing, type DecisionRing } from './state/decision-ring.ts';
import { createTracing, type TracingDeps } from './telemetry/tracing/tracing.ts';

/** What is told of single decisions. */
export interface Decisions {
  readonly watchers: readonly Watcher[];
  readonly pages: Pages;
  /** Lets what waits to be told elsewhere go there. */
  readonly flush: () => Promise<void>;
}

/** What decides a request that nobody sent. */
export interface AskDeps {
  readonly config: Config;
  readonly state: Pick<State, 'store' | 'table'>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What single decisions are told from. */
export interface DecisionsDeps extends AskDeps, Omit<TracingDeps, 'explainedPerSecond'> {}

/** Builds the memory of recent decisions, their traces, and the pages that tell how requests are decided. */
export async function createDecisions(deps: DecisionsDeps): Promise<Decisions> {
  const { config, now } = deps;
  const { recentDecisions: capacity, recentDecisionsRate: perSecond, allowDebugHeader } = config;
  const ring = createDecisionRing({ capacity, perSecond, now });
  const ask = createAsk(deps);
  const tracing = await createTracing({ ...deps, explainedPerSecond: perSecond });
  return {
    watchers: [ringWatcher(ring), ...(allowDebugHeader ? [DEBUG_WATCHER] : []), ...tracing.watchers],
    pages: new Map<string, Page>([
      ['/debug/decisions', (query) => decisionsPage(ring.read(), query)],
      ['/debug/explain', (query) => explainPage(ask, query)],
    ]),
    flush: tracing.flush,
  };
}

/** Creates what decides a request that nobody sent: on the load as it is, which it leaves as it is. */
export function createAsk({
  config,
  state: { store, table },
  random,
}: AskDeps): (question: Question) => Decision {
  return ({ request, origin }) => {
    const context = { snapshot: store.current(), load: table, random, options: config, origin };
    return explain(request, context, Number.POSITIVE_INFINITY);
  };
}

function ringWatcher({ samples, keep, pass }: DecisionRing): Watcher {
  const kept = { explains: true, ended: keep };
  const passed = { explains: false, ended: pass };
  return { watch: (_, __, openedMs) => (samples(openedMs) ? kept : passed) };
}
