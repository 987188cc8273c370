import { forgetPeak, peakResidentBytes, residentBytes } from '../processes/proc.ts';
import type { ServerName } from '../servers/kinds.ts';
import type { Bed } from './bed.ts';
import { failedOf } from './samples.ts';

/** What large bodies do to a server's memory. */
export interface MemoryRow {
  readonly server: ServerName;
  readonly bodies: number;
  readonly bodyBytes: number;
  readonly failed: number;
  /** Resident after small requests. */
  readonly beforeBytes: number;
  /** The most that was resident, and how much more that is. */
  readonly peakBytes: number;
  readonly growthBytes: number;
  /** Growth as a multiple of all bodies' size. */
  readonly ofBodies: number;
}

const BODIES = 64;
const BODY_BYTES = 1024 * 1024;
const CONNECTIONS = 4;
/** The first burst grows the heap most; the others show whether it goes on. */
const BURSTS = 3;
const WARM_UP = { kind: 'closed', concurrency: 16, requests: 20_000 } as const;

/** Sends bodies to a fresh server that all are there but for their ends, before any of them ends. */
export async function measureMemory(bed: Bed, name: ServerName, warmUpMs: number): Promise<MemoryRow> {
  const server = await bed.start(name);
  const to = { protocol: 'ext_proc', port: server.port, connections: CONNECTIONS } as const;
  const warmUp = await bed.load({ ...to, bodyBytes: 1024, loop: { ...WARM_UP, forMs: warmUpMs } });
  const beforeBytes = residentBytes(server.pid);
  forgetPeak(server.pid);
  let failed = failedOf(warmUp);
  for (let burst = 0; burst < BURSTS; burst += 1) {
    const loop = { kind: 'burst', concurrency: BODIES } as const;
    failed += failedOf(await bed.load({ ...to, bodyBytes: BODY_BYTES, loop }));
  }
  const peakBytes = peakResidentBytes(server.pid);
  await server.stop();
  const growthBytes = peakBytes - beforeBytes;
  return {
    server: name,
    bodies: BODIES,
    bodyBytes: BODY_BYTES,
    failed,
    beforeBytes,
    peakBytes,
    growthBytes,
    ofBodies: growthBytes / (BODIES * BODY_BYTES),
  };
}
