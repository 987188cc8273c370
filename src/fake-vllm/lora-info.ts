import { braces, formatNumber, headerOf } from './exposition.ts';
import type { FakeVllmOptions } from './options.ts';
import type { Scheduler } from './scheduler.ts';

/** `vllm:lora_requests_info`, which tells in its labels which adapters have requests in flight. */
export interface LoraInfo {
  /** Notes that the engine has done something. */
  readonly step: () => void;
  readonly text: () => string;
}

type InFlight = Pick<Scheduler, 'running' | 'waiting' | 'isAdapter'>;

const NAME = 'vllm:lora_requests_info';
/** vLLM keeps each combination for ever; a simulator that runs for days has to forget the oldest. */
const MOST_COMBINATIONS = 100;

/** Creates the gauge; a reader has to take its newest series, the one with the highest value. */
export function createLoraInfo(options: FakeVllmOptions, scheduler: InFlight): LoraInfo {
  const stampsS = new Map<string, number>();
  let lastStepMs: number | undefined;
  let newest = { labels: '', stampS: 0 };

  function labelsNow(): string {
    const running = new Set(scheduler.running().filter(scheduler.isAdapter));
    const waiting = new Set(scheduler.waiting().filter(scheduler.isAdapter));
    // V1 lists every adapter with a request in flight under both names.
    const either = new Set([...running, ...waiting]);
    const v1 = options.metricsGeneration === 'v1';
    return braces({
      max_lora: String(options.maxLoras),
      running_lora_adapters: [...(v1 ? either : running)].join(','),
      waiting_lora_adapters: [...(v1 ? either : waiting)].join(','),
    });
  }

  function update(atMs: number): void {
    const labels = labelsNow();
    const isNew = labels !== newest.labels;
    // Two changes in one millisecond still have an order.
    const stampS = isNew
      ? Math.max(atMs / 1000, newest.stampS + 0.001)
      : Math.max(atMs / 1000, newest.stampS);
    newest = { labels, stampS };
    stampsS.delete(labels);
    stampsS.set(labels, stampS);
    for (const oldest of stampsS.keys()) {
      if (stampsS.size <= MOST_COMBINATIONS) break;
      stampsS.delete(oldest);
    }
  }

  return {
    step: () => {
      lastStepMs = options.nowMs();
    },
    text: () => {
      const idle = scheduler.running().length === 0;
      // An idle engine takes no steps, so its stamp stays that of the last one.
      const atMs = idle ? lastStepMs : options.nowMs();
      if (atMs !== undefined) update(atMs);
      const lines = [...stampsS].map(([labels, stampS]) => `${NAME}${labels} ${formatNumber(stampS)}\n`);
      return headerOf(NAME, 'gauge', 'Adapters that have requests in flight.') + lines.join('');
    },
  };
}
