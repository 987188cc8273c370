import { setTimeout as sleep } from 'node:timers/promises';

/** What a drain moves, in this order. */
export interface DrainSteps {
  /** Tells probes and load balancers to send nothing new. */
  readonly notReady: () => void;
  /** Sends GOAWAY and resolves when the last stream has ended. */
  readonly drain: () => Promise<void>;
  readonly openStreams: () => number;
  /** Ends what is still open. */
  readonly close: () => void;
}

/** How long a drain takes at most, in milliseconds. */
export interface DrainTiming {
  /** New streams are still answered for this long: proxies need a moment to look elsewhere. */
  readonly delayMs: number;
  /** Open streams may run on for this long after the GOAWAY. */
  readonly timeoutMs: number;
}

/**
 * Lets a server out of service without cutting a response off; resolves with the number of streams that
 * were cut because they outlasted the timeout.
 */
export async function drain(steps: DrainSteps, timing: DrainTiming): Promise<number> {
  steps.notReady();
  await sleep(timing.delayMs);
  const late = new AbortController();
  const outcome = await Promise.race([
    steps.drain().then(() => 'ended' as const),
    sleep(timing.timeoutMs, 'late' as const, { signal: late.signal }).catch(() => 'ended' as const),
  ]);
  late.abort();
  const cut = outcome === 'late' ? steps.openStreams() : 0;
  steps.close();
  return cut;
}
