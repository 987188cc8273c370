import { join } from 'node:path';
import { z } from 'zod';
import { startChild } from '../processes/child.ts';

const PODS = 3;
const portsSchema = z.object({ ports: z.array(z.number()) });

/** Starts the pods in one process; resolves with their addresses. Aborting the signal ends them. */
export async function startPods(signal: AbortSignal): Promise<readonly string[]> {
  const child = startChild([join(import.meta.dirname, 'pods.ts'), `${PODS}`], signal);
  return portsSchema.parse(await child.listen()).ports.map((port) => `127.0.0.1:${port}`);
}
