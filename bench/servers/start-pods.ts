import { join } from 'node:path';
import { z } from 'zod';
import { startChild } from '../processes/child.ts';

const portsSchema = z.object({ ports: z.array(z.number()) });

/** Starts a pod on each port, 0 for any; resolves with their addresses. Aborting the signal ends them. */
export async function startPods(ports: readonly number[], signal: AbortSignal): Promise<readonly string[]> {
  const child = startChild([join(import.meta.dirname, 'pods.ts'), ...ports.map(String)], signal);
  return portsSchema.parse(await child.listen()).ports.map((port) => `127.0.0.1:${port}`);
}
