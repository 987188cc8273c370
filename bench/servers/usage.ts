/**
 * Preloaded into every server of ours that is measured: when it is asked, it tells the CPU time of its process and of
 * its main thread, as the system accounts for it, or the memory that is in use after a full collection, or where its
 * main thread was while it was profiled. It ends the process with the benchmark.
 */
import { Session } from 'node:inspector/promises';

/** Finer than what --cpu-prof takes by itself, so that a few seconds are enough. */
const SAMPLE_US = 500;
const session = new Session();

async function answer(question: unknown): Promise<object> {
  switch (question) {
    case 'cpu':
      return { cpuUs: cpuUs(process.cpuUsage()), mainUs: cpuUs(process.threadCpuUsage()) };
    case 'profile':
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
      await session.post('Profiler.start');
      return {};
    case 'profiled': {
      const profiled = await session.post('Profiler.stop');
      session.disconnect();
      return profiled;
    }
    default:
      return { liveBytes: await liveBytes() };
  }
}

process.on('message', async (question) => process.send?.(await answer(question)));
process.once('disconnect', () => process.exit());
// A server that has nothing left to do ends, although it could still be asked.
process.channel?.unref();

function cpuUs({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

/** Collections at most; code that has not run for long goes with the last ones. */
const MOST_COLLECTIONS = 10;
/** What one collection frees, as a part of what is left, when there is nothing more to free. */
const SETTLED = 0.002;

/** One collection leaves what it has only found to be free, such as buffers and what finalizers hold. */
async function liveBytes(): Promise<number> {
  let bytes = Number.POSITIVE_INFINITY;
  for (let left = MOST_COLLECTIONS; left > 0; left -= 1) {
    globalThis.gc?.();
    await new Promise(setImmediate);
    const { heapUsed, external } = process.memoryUsage();
    const before = bytes;
    bytes = heapUsed + external;
    if (before - bytes < SETTLED * bytes) break;
  }
  return bytes;
}
