import { setTimeout as sleep } from 'node:timers/promises';
import type { ExtProcLane } from './ext-proc-lane.ts';
import type { Lane } from './lane.ts';
import type { Tally } from './tally.ts';

/** The lanes of a load and what counts its requests. */
export interface Load<AnyLane extends Lane> {
  readonly lanes: readonly AnyLane[];
  readonly tally: Tally;
  readonly nowMs: () => number;
}

/** How often it is looked whether all are held back or answered; the least that a timer waits. */
const TICK_MS = 1;
/** How late a timer may be. */
const TIMER_SLACK_MS = 2;
/** A load with this many failures has shown enough. */
const MOST_FAILURES = 1000;
/** So many requests in the air mean that the server does not keep up with the rate. */
const MOST_OPEN = 20_000;
/** Longer than any request may take; see `expire`. */
const BURST_MS = 30_000;

/** Keeps so many requests in the air, for so long or until so many have begun. */
export async function closedLoop(
  { lanes, tally, nowMs }: Load<Lane>,
  limits: { readonly concurrency: number; readonly forMs: number; readonly requests: number },
): Promise<void> {
  const endMs = nowMs() + limits.forMs;
  const done = Promise.withResolvers<void>();
  let begun = 0;
  let open = 0;

  function next(lane: Lane): void {
    const over = nowMs() >= endMs || begun >= limits.requests || tally.failed() >= MOST_FAILURES;
    if (over) {
      if (open === 0) done.resolve();
      return;
    }
    begun += 1;
    open += 1;
    const startedMs = nowMs();
    lane.begin((outcome) => {
      open -= 1;
      tally.note(outcome, startedMs);
      // A lane that is broken fails at once; deeper and deeper calls are no use then.
      if (outcome.kind === 'answered') next(lane);
      else setImmediate(retry, lane);
    });
  }

  function retry(lane: Lane): void {
    next(lane);
    lane.flush();
  }

  for (let slot = 0; slot < limits.concurrency; slot += 1) {
    const lane = lanes[slot % lanes.length];
    if (lane !== undefined) next(lane);
  }
  for (const lane of lanes) lane.flush();
  await done.promise;
}

/** How many requests begin, how fast, and what draws when. */
export interface OpenLoopLimits {
  readonly perSecond: number;
  readonly forMs: number;
  readonly random: () => number;
}

/**
 * Begins requests as a Poisson process does, on lanes drawn by lot, whatever becomes of those before: many clients
 * that know nothing of each other ask that way. Each one is timed from when it was due, not from when this process
 * came to it.
 */
export async function openLoop(
  { lanes, tally, nowMs }: Load<Lane>,
  { perSecond, forMs, random }: OpenLoopLimits,
): Promise<void> {
  const total = Math.floor((perSecond * forMs) / 1000);
  const done = Promise.withResolvers<void>();
  let begun = 0;
  let open = 0;
  let dueMs = nowMs();

  /** Gaps without memory; `random` may be 0 but never 1. */
  function schedule(): void {
    dueMs -= (Math.log(1 - random()) * 1000) / perSecond;
  }

  function beginNext(atMs: number): void {
    tally.late(atMs - dueMs);
    const begunMs = dueMs;
    begun += 1;
    open += 1;
    lanes[Math.floor(random() * lanes.length)]?.begin((outcome) => {
      open -= 1;
      tally.note(outcome, begunMs);
    });
    schedule();
  }

  const isOver = () => begun >= total || open >= MOST_OPEN;

  function turn(): void {
    const untilMs = nowMs();
    while (dueMs <= untilMs && !isOver()) beginNext(untilMs);
    for (const lane of lanes) lane.flush();
    if (isOver()) return done.resolve();
    // Timers are exact to a millisecond or two; the rest of the wait is spent asking the clock between reads.
    const waitMs = dueMs - nowMs() - TIMER_SLACK_MS;
    if (waitMs >= TICK_MS) setTimeout(turn, waitMs);
    else setImmediate(turn);
  }

  schedule();
  turn();
  await done.promise;
  if (begun < total) tally.note({ kind: 'failed', reason: 'the rate is too high' }, nowMs());
  while (open > 0) await sleep(TICK_MS);
}

/** Begins all at once, and lets bodies end only when each of them is there but for its end. */
export async function burst(
  { lanes, tally, nowMs }: Load<ExtProcLane>,
  { concurrency }: { readonly concurrency: number },
): Promise<void> {
  const startedMs = nowMs();
  let open = concurrency;
  for (let at = 0; at < concurrency; at += 1) {
    lanes[at % lanes.length]?.begin((outcome) => {
      open -= 1;
      tally.note(outcome, startedMs);
    });
  }
  for (const lane of lanes) lane.flush();
  const heldBack = () => lanes.reduce((sum, lane) => sum + lane.heldBack(), 0);
  while (heldBack() < open && nowMs() < startedMs + BURST_MS) await sleep(TICK_MS);
  for (const lane of lanes) {
    lane.release();
    lane.flush();
  }
  while (open > 0) await sleep(TICK_MS);
}
