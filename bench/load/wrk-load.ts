import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Shell } from '../../scripts/docker/shell.ts';
import { completionBody } from './completion.ts';
import type { Wrk } from './find-wrk.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

const SCRIPT = join(import.meta.dirname, 'post.lua');
const TIMEOUT = '30s';

const outputSchema = z.object({
  requests: z.number(),
  elapsedUs: z.number(),
  p50Us: z.number(),
  p99Us: z.number(),
  failures: z.record(z.string(), z.number()),
});

/** Has wrk carry out closed loops of HTTP; it counts in whole seconds. */
export function createWrkLoad({ command }: Wrk, shell: Shell): (plan: LoadPlan) => Promise<LoadResult> {
  const [program, ...before] = command;
  return async ({ port, bodyBytes, connections, loop }) => {
    if (loop.kind !== 'closed') throw new Error(`wrk has no ${loop.kind} loop`);
    const folder = await mkdtemp(join(tmpdir(), 'serin-wrk-'));
    try {
      const body = join(folder, 'body');
      await writeFile(body, completionBody(bodyBytes));
      const seconds = Math.ceil(loop.forMs / 1000);
      const how = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', TIMEOUT, '-s', SCRIPT];
      const url = `http://127.0.0.1:${port}/v1/completions`;
      return resultOf(await shell.run(program, [...before, ...how, url, '--', body]));
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

function resultOf(output: string): LoadResult {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const { requests, elapsedUs, p50Us, p99Us, failures } = outputSchema.parse(JSON.parse(last));
  return {
    requests,
    failures: Object.fromEntries(Object.entries(failures).filter(([, count]) => count > 0)),
    elapsedMs: elapsedUs / 1000,
    p50Ms: p50Us / 1000,
    p99Ms: p99Us / 1000,
    lateP99Ms: 0,
  };
}
