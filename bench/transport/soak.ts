import { residentBytes } from '../processes/proc.ts';
import { formatBytes } from '../report/format.ts';
import type { ServerName } from '../servers/kinds.ts';
import type { Bed } from './bed.ts';
import { failedOf } from './samples.ts';

/** A server's memory in the course of very many requests. */
export interface SoakRow {
  readonly server: ServerName;
  readonly requests: number;
  readonly failed: number;
  /** Resident after so many requests. */
  readonly steps: readonly { readonly requests: number; readonly residentBytes: number }[];
  /** From the end of the warm-up to the end, as a part of what was resident then. */
  readonly growth: number;
  /** In use after a full collection at these two moments; null for a peer. */
  readonly warmLiveBytes: number | null;
  readonly endLiveBytes: number | null;
}

const BODY_BYTES = 1024;
const STEPS = 20;
/** Steps that count as warm-up. */
const WARM_UP_STEPS = 4;
/** Longest that one step may take. */
const STEP_MS = 300_000;
const LOAD = { protocol: 'ext_proc', bodyBytes: BODY_BYTES, connections: 4 } as const;

/** Sends so many requests to a fresh server and says after each twentieth of them what is resident. */
export async function soak(
  bed: Bed,
  { name, requests }: { readonly name: ServerName; readonly requests: number },
  say: (line: string) => void,
): Promise<SoakRow> {
  const server = await bed.start(name);
  const perStep = Math.ceil(requests / STEPS);
  const steps: { requests: number; residentBytes: number }[] = [];
  let sent = 0;
  let failed = 0;
  let warmLiveBytes: number | null = null;
  for (let step = 0; step < STEPS; step += 1) {
    const loop = { kind: 'closed', concurrency: 16, forMs: STEP_MS, requests: perStep } as const;
    const result = await bed.load({ ...LOAD, port: server.port, loop });
    sent += result.requests;
    failed += failedOf(result);
    const resident = residentBytes(server.pid);
    steps.push({ requests: sent, residentBytes: resident });
    // The one collection that is forced on the way; resident memory was read before it.
    if (step === WARM_UP_STEPS - 1) warmLiveBytes = await server.liveBytes();
    say(`${name}: ${sent} requests, ${failed} failed, ${formatBytes(resident)} resident`);
  }
  const endLiveBytes = await server.liveBytes();
  await server.stop();
  const warm = steps[WARM_UP_STEPS - 1]?.residentBytes ?? Number.NaN;
  const growth = (steps.at(-1)?.residentBytes ?? Number.NaN) / warm - 1;
  return { server: name, requests: sent, failed, steps, growth, warmLiveBytes, endLiveBytes };
}
