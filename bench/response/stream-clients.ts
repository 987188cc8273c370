/** A process of its own: clients of event streams, which note how old each event is when it arrives. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { completionBody } from '../load/completion.ts';
import type { Latencies } from '../load/latencies.ts';
import { createLatencies } from '../load/latencies.ts';
import { monotonicMs } from '../load/monotonic.ts';
import type { StreamPlan, StreamResult } from './stream-plan.ts';
import { streamPlanSchema } from './stream-plan.ts';

const BODY = completionBody(1024);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** Reads one stream; resolves with its events, or undefined if it did not end as it should. */
function readStream({ port, events, intervalMs }: StreamPlan, ages: Latencies): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = {
      host: 'test.com',
      'content-type': 'application/json',
      'content-length': BODY.length,
      'x-events': `${events}`,
      'x-interval-ms': `${intervalMs}`,
    };
    const sent = request(
      { agent, host: '127.0.0.1', port, method: 'POST', path: '/v1/completions', headers },
      (response) => {
        let seen = 0;
        let done = false;
        response.on('data', (chunk: Buffer) => {
          const nowMs = monotonicMs();
          const text = chunk.toString('latin1');
          for (const [, atMs] of text.matchAll(/"sent":([\d.]+)/g)) {
            ages.add(nowMs - Number(atMs));
            seen += 1;
          }
          done ||= text.includes('[DONE]');
        });
        response.once('error', () => resolve(undefined));
        response.once('end', () => resolve(done && response.statusCode === 200 ? seen : undefined));
      },
    );
    sent.once('error', () => resolve(undefined));
    sent.end(BODY);
  });
}

/** Starts the streams evenly over one interval, so that their events do not come in bursts. */
async function runStreams(plan: StreamPlan): Promise<StreamResult> {
  const ages = createLatencies();
  const pace = plan.intervalMs / plan.streams;
  const startedMs = monotonicMs();
  const reads: Promise<number | undefined>[] = [];
  while (reads.length < plan.streams) {
    const due = Math.min(plan.streams, Math.floor((monotonicMs() - startedMs) / pace) + 1);
    while (reads.length < due) reads.push(readStream(plan, ages));
    await sleep(1);
  }
  const counts = await Promise.all(reads);
  const good = counts.filter((count) => count === plan.events + 1);
  return {
    streams: plan.streams,
    failed: plan.streams - good.length,
    events: counts.reduce<number>((total, count) => total + (count ?? 0), 0),
    p50Ms: ages.quantile(0.5),
    p99Ms: ages.quantile(0.99),
  };
}

process.on('message', (message) => {
  runStreams(streamPlanSchema.parse(message)).then(
    (result) => process.send?.(result),
    // The process that asked sees the end of this one, and what it said.
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit());
