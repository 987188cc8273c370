import type { SendCompletion } from './completions.ts';
import { type Outcome, type RoundReport, summariseRound } from './round.ts';
import type { WantedWeight } from './split.ts';
import type { WeightWatch } from './weight-watch.ts';

/** What the rounds need from outside. */
export interface RoundsDeps {
  readonly send: SendCompletion;
  readonly weights: WeightWatch;
  /** Addresses of all pods. */
  readonly pods: readonly string[];
  readonly onProgress: (done: number, total: number) => void;
  readonly onReport: (report: RoundReport) => void;
}

/** How many requests a round has, and whether the first round is the last. */
export interface RoundsOptions {
  readonly requests: number;
  readonly rounds: 'one' | 'until_stopped';
}

const CONCURRENCY = 16;

/** Sends a round's requests, a few at a time; stops early, without outcomes, once `changed` is aborted. */
async function sendRound(
  deps: RoundsDeps,
  requests: number,
  signals: { readonly stop: AbortSignal; readonly changed: AbortSignal },
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < requests && !signals.changed.aborted) {
      started += 1;
      outcomes.push(await deps.send(signals.stop));
      deps.onProgress(outcomes.length, requests);
    }
  };
  deps.onProgress(0, requests);
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return outcomes;
}

async function sendUntilEdited(
  deps: RoundsDeps,
  requests: number,
  weights: readonly WantedWeight[],
  stop: AbortSignal,
): Promise<readonly Outcome[]> {
  const changed = new AbortController();
  const finished = new AbortController();
  const watching = deps.weights.changedFrom(weights, AbortSignal.any([stop, finished.signal])).then(
    () => changed.abort(),
    () => {},
  );
  try {
    return await sendRound(deps, requests, { stop, changed: changed.signal });
  } finally {
    finished.abort();
    await watching;
  }
}

/**
 * Sends rounds of requests: one at the start and one after every edit of the weights. An edit during a round
 * starts it anew, so that a report never mixes two splits. Resolves to the last report.
 */
export async function runRounds(
  options: RoundsOptions,
  deps: RoundsDeps,
  stop: AbortSignal,
): Promise<RoundReport> {
  while (true) {
    const weights = await deps.weights.refresh();
    const outcomes = await sendUntilEdited(deps, options.requests, weights, stop);
    if ((await deps.weights.refresh()) !== weights) continue;
    const report = summariseRound(outcomes, weights, deps.pods);
    deps.onReport(report);
    if (options.rounds === 'one') return report;
    await deps.weights.changedFrom(weights, stop);
  }
}
