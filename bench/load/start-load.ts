import { join } from 'node:path';
import { startChild } from '../processes/child.ts';
import { type LoadPlan, type LoadResult, resultSchema } from './plan.ts';

/** Starts a process that makes load; aborting the signal ends it. */
export function startLoad(signal: AbortSignal): (plan: LoadPlan) => Promise<LoadResult> {
  const child = startChild([join(import.meta.dirname, 'load.ts')], signal);
  return async (plan) => resultSchema.parse(await child.ask(plan));
}
