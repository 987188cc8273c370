import type { Adapters } from './adapters.ts';
import { delay, forever } from './delay.ts';
import type { Fault, Faults } from './faults.ts';
import type { EndedRequest, MetricsPage } from './metrics-page.ts';
import type { FakeVllmOptions } from './options.ts';
import type { Scheduler } from './scheduler.ts';
import type { Timeline } from './timeline.ts';
import { createTimeline } from './timeline.ts';

/** What the engine has to know of a request. */
export interface Work {
  readonly model: string;
  readonly promptTokens: number;
  /** Tokens of each answer; 0 for an embedding. */
  readonly maxTokens: number;
  /** Answers that are generated side by side. */
  readonly choices: number;
  readonly finishReason: 'stop' | 'length';
  /** Called when the request is taken, unless it will fail; undefined if only the end matters. */
  readonly onStart: (() => void) | undefined;
  /** Called for each position in order, when its time has come; undefined if only the end matters. */
  readonly onToken: ((position: number) => void) | undefined;
}

/** How a generation ended; `cut` asks for the client's connection to be broken. */
export type Outcome = 'done' | 'failed' | 'cut';

/** Generates tokens at the pace of the options. */
export interface Engine {
  /** Resolves when the last token is out, or earlier with a fault; rejects on abort. */
  readonly generate: (work: Work, signal: AbortSignal) => Promise<Outcome>;
}

interface Running {
  readonly fails: boolean;
  readonly fault: Fault;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** What an engine is built from. */
export interface EngineDeps {
  readonly options: FakeVllmOptions;
  readonly scheduler: Scheduler;
  readonly adapters: Adapters;
  readonly faults: Faults;
  readonly page: MetricsPage;
}

/** Creates the engine of one server. */
export function createEngine({ options, scheduler, adapters, faults, page }: EngineDeps): Engine {
  const { nowMs, random, timePerTokenMs, timeToFirstTokenMs } = options;

  async function run(work: Work, running: Running): Promise<Outcome> {
    const { fails, fault, timeline, signal } = running;
    await delay(swapMs(work.model) + timeToFirstTokenMs + (fault.addedLatencyMs ?? 0), signal);
    if (fails) return 'failed';
    const until = lastPosition(work, fault);
    if (until > 0 || work.maxTokens === 0) timeline.firstToken();
    await (work.onToken === undefined ? decode : stream)(work, until, running);
    return endOf(fault, until, signal);
  }

  function swapMs(model: string): number {
    return adapters.has(model) ? adapters.use(model) : 0;
  }

  /** Takes one timer for all tokens. */
  async function decode({ choices }: Work, until: number, { timeline, signal }: Running): Promise<void> {
    await delay(timePerTokenMs * Math.max(0, until - 1), signal);
    timeline.generated(until * choices);
  }

  async function stream({ choices, onToken }: Work, until: number, running: Running): Promise<void> {
    for (let position = 0; position < until; position += 1) {
      if (timePerTokenMs > 0 && position > 0) await delay(timePerTokenMs, running.signal);
      onToken?.(position);
      running.timeline.generated(choices);
    }
  }

  async function timed(work: Work, running: Running): Promise<Outcome> {
    let reason: EndedRequest['finishedReason'] = 'abort';
    try {
      const outcome = await run(work, running);
      if (outcome === 'failed') reason = 'error';
      if (outcome === 'done') reason = work.finishReason;
      return outcome;
    } finally {
      running.timeline.ended(reason);
    }
  }

  return {
    generate: async (work, signal) => {
      const { model, promptTokens, maxTokens, choices } = work;
      const timeline = createTimeline(work, page, nowMs);
      // The roll is in [0, 1), so that a rate of 1 always fails and 0 never does.
      const fails = random() < (faults.of(model).errorRate ?? 0);
      if (!fails) work.onStart?.();
      const place = await scheduler.enter({ model, tokens: promptTokens + maxTokens * choices }, signal);
      timeline.started();
      try {
        return await timed(work, { fails, fault: faults.of(model), timeline, signal });
      } finally {
        place.leave();
      }
    },
  };
}

async function endOf(fault: Fault, position: number, signal: AbortSignal): Promise<Outcome> {
  if (fault.stallAfterTokens === position) return forever(signal);
  return fault.disconnectAfterTokens === position ? 'cut' : 'done';
}

/** How many tokens come before the end or a fault. */
function lastPosition({ maxTokens }: Work, fault: Fault): number {
  const { stallAfterTokens = maxTokens, disconnectAfterTokens = maxTokens } = fault;
  return Math.min(maxTokens, stallAfterTokens, disconnectAfterTokens);
}
