import { once } from 'node:events';
import { connect } from 'node:net';
import { seededRandom } from '../../test/core/seeded-random.ts';
import { exchangeBytes } from './exchange-bytes.ts';
import { type ExtProcLane, openExtProcLane } from './ext-proc-lane.ts';
import { openHttpLane, postBytes } from './http-lane.ts';
import type { Lane } from './lane.ts';
import { burst, closedLoop, type Load, openLoop } from './loops.ts';
import type { LoadPlan, LoadResult } from './plan.ts';
import { createTally } from './tally.ts';

const nowMs = () => performance.now();
/** A request that takes longer has failed. */
const REQUEST_MS = 30_000;
const EXPIRY_CHECK_MS = 1000;
/** The last chunk with bytes and the empty one after it. */
const HELD_MESSAGES = 2;
/** Of an open loop whose plan names none. */
const SEED = 1;

/** Carries a plan out. */
export async function runPlan(plan: LoadPlan): Promise<LoadResult> {
  return plan.protocol === 'http' ? runHttp(plan) : runExtProc(plan);
}

async function runHttp(plan: LoadPlan): Promise<LoadResult> {
  const post = postBytes(plan.bodyBytes);
  const lanes = await openLanes(plan, async (socket) => openHttpLane(socket, post, nowMs));
  return carryOut(lanes, (load) => {
    if (plan.loop.kind !== 'closed') throw new Error(`no ${plan.loop.kind} loop over http`);
    return closedLoop(load, plan.loop);
  });
}

async function runExtProc(plan: LoadPlan): Promise<LoadResult> {
  const { loop } = plan;
  const held = loop.kind === 'burst' ? HELD_MESSAGES : 0;
  const options = { bytes: exchangeBytes(plan.bodyBytes), held, nowMs };
  const lanes = await openLanes(plan, (socket) => openExtProcLane(socket, options));
  return carryOut<ExtProcLane>(lanes, (load) => {
    switch (loop.kind) {
      case 'closed':
        return closedLoop(load, loop);
      case 'open':
        return openLoop(load, { ...loop, random: seededRandom(loop.seed ?? SEED) });
      case 'burst':
        return burst(load, loop);
    }
  });
}

function openLanes<AnyLane extends Lane>(
  { port, connections }: LoadPlan,
  open: (socket: ReturnType<typeof connect>) => Promise<AnyLane>,
): Promise<readonly AnyLane[]> {
  return Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      await once(socket, 'connect');
      return open(socket);
    }),
  );
}

async function carryOut<AnyLane extends Lane>(
  lanes: readonly AnyLane[],
  loop: (load: Load<AnyLane>) => Promise<void>,
): Promise<LoadResult> {
  const tally = createTally(nowMs);
  const expiry = setInterval(() => {
    for (const lane of lanes) lane.expire(nowMs() - REQUEST_MS);
  }, EXPIRY_CHECK_MS);
  try {
    await loop({ lanes, tally, nowMs });
    return tally.result();
  } finally {
    clearInterval(expiry);
    for (const lane of lanes) lane.close();
  }
}
