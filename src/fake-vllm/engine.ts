import type { Adapters } from './adapters.ts';
import { delay, forever } from './delay.ts';
import type { Fault, Faults } from './faults.ts';
import type { MetricsPage } from './metrics-page.ts';
import type { FakeVllmOptions } from './options.ts';
import type { Scheduler } from './scheduler.ts';

/** Where the tokens of a generation go. */
export interface TokenSink {
  /** Called for each token in order, when its time has come. */
  readonly token: (position: number) => void;
  /** Breaks the client's connection. */
  readonly disconnect: () => void;
}

/** What the engine has to know of a request. */
export interface Work {
  readonly model: string;
  readonly promptTokens: number;
  readonly maxTokens: number;
}

/** Generates tokens at the pace of the options. */
export interface Engine {
  /** Resolves when the last token is out, or with `failed` if a fault says so; rejects on abort. */
  readonly generate: (work: Work, sink: TokenSink, signal: AbortSignal) => Promise<'done' | 'failed'>;
}

/** What an engine is built from. */
export interface EngineDeps {
  readonly options: FakeVllmOptions;
  readonly scheduler: Scheduler;
  readonly adapters: Adapters;
  readonly faults: Faults;
  readonly page: MetricsPage;
  readonly nowMs: () => number;
  readonly random: () => number;
}

/** Creates the engine of one server. */
export function createEngine({
  options,
  scheduler,
  adapters,
  faults,
  page,
  nowMs,
  random,
}: EngineDeps): Engine {
  async function prefill(model: string, fault: Fault | undefined, signal: AbortSignal): Promise<void> {
    const swapMs = adapters.has(model) ? adapters.use(model) : 0;
    await delay(swapMs + options.timeToFirstTokenMs + (fault?.addedLatencyMs ?? 0), signal);
  }

  /** Sends the tokens out; returns how many there were before a fault broke the connection. */
  async function decode(
    work: Work,
    sink: TokenSink,
    fault: Fault | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    for (let position = 0; position < work.maxTokens; position += 1) {
      if (position === fault?.disconnectAfterTokens) {
        sink.disconnect();
        return position;
      }
      if (position > 0) await delay(options.timePerTokenMs, signal);
      sink.token(position);
    }
    return work.maxTokens;
  }

  return {
    generate: async (work, sink, signal) => {
      const arrivedMs = nowMs();
      const fault = faults.of(work.model);
      const sequence = await scheduler.enter(work.model, signal);
      try {
        const startedMs = nowMs();
        if (fault?.stall === true) await forever(signal);
        await prefill(work.model, fault, signal);
        if (random() < (fault?.errorRate ?? 0)) return 'failed';
        const firstTokenMs = nowMs();
        const completionTokens = await decode(work, sink, fault, signal);
        page.finished({
          ...work,
          completionTokens,
          queueS: (startedMs - arrivedMs) / 1000,
          prefillS: (firstTokenMs - startedMs) / 1000,
          decodeS: (nowMs() - firstTokenMs) / 1000,
          finishedReason: 'length',
        });
        return 'done';
      } finally {
        sequence.leave();
      }
    },
  };
}
