import { formatBytes, formatNumber } from '../report/format.ts';
import type { Target } from '../report/target.ts';
import type { ServerName } from '../servers/kinds.ts';
import type { Peer } from '../servers/start-server.ts';
import { makeBed } from '../transport/bed.ts';
import { measureRounds } from '../transport/measure-rounds.ts';
import { measureMemory } from '../transport/memory.ts';
import type { TransportOptions } from '../transport/options.ts';
import { type Row, rowsOf } from '../transport/samples.ts';
import { soak } from '../transport/soak.ts';
import { targetRows } from '../transport/targets.ts';
import type { TargetsOptions } from './options.ts';

/** What the costs were, held against the targets and as rows. */
export interface Costs {
  readonly targets: readonly Target[];
  /** Of every server, a peer's too. */
  readonly rows: readonly Row[];
}

const MOST_OF_BODIES = 2;
const MOST_GROWTH = 0.05;
const SERVER = 'serin-native';
const KIB = 1024;
const BEHIND_ENVOY = {
  parts: ['envoy'],
  sizes: [KIB, 16 * KIB, 256 * KIB, KIB * KIB],
  out: '',
  soak: undefined,
  readme: false,
} as const;

/** What the whole picker costs: CPU behind Envoy beside the floor's, and memory under large bodies and in the long run. */
export async function measureCosts(
  given: TargetsOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Costs> {
  const options = roundsOf(given);
  const ended = new AbortController();
  try {
    const bed = await makeBed(options, say, AbortSignal.any([signal, ended.signal]));
    const rows = rowsOf(await measureRounds(bed, options, say));
    const memory = await measureMemory(bed, SERVER, options.warmUpMs);
    const soaked = await soak(bed, { name: SERVER, requests: given.requests }, say);
    failOn(rows.reduce((sum, { failed }) => sum + failed, memory.failed + soaked.failed));
    const targets = [...targetRows(rows).map(cpuTarget), memoryTarget(memory.ofBodies), soakTarget(soaked)];
    return { targets, rows };
  } finally {
    ended.abort();
  }
}

/** What requests cost behind Envoy, and nothing else. */
export async function measureBehindEnvoy(
  given: TargetsOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const options = roundsOf(given);
  const ended = new AbortController();
  try {
    const bed = await makeBed(options, say, AbortSignal.any([signal, ended.signal]));
    const rows = rowsOf(await measureRounds(bed, options, say));
    failOn(rows.reduce((sum, { failed }) => sum + failed, 0));
    return rows;
  } finally {
    ended.abort();
  }
}

function roundsOf({ rounds, warmUpMs, windowMs, peer, podPorts }: TargetsOptions): TransportOptions {
  return { ...BEHIND_ENVOY, rounds, warmUpMs, windowMs, peer, podPorts, servers: serversOf(peer) };
}

/** A figure with failures behind it is no figure. */
function failOn(failed: number): void {
  if (failed > 0) throw new Error(`${failed} requests failed; npm run bench -- transport says why`);
}

function serversOf(peer: Peer | undefined): readonly ServerName[] {
  return ['floor', SERVER, ...(peer === undefined ? [] : (['peer'] as const))];
}

function cpuTarget(row: ReturnType<typeof targetRows>[number]): Target {
  return {
    work: `CPU a request behind Envoy, full duplex, ${formatBytes(row.bodyBytes)}`,
    found: `${formatNumber(row.ofFloor)} × floor (${formatNumber(row.cpuUsPerRequest)} µs)`,
    wanted: `≤ ${row.atMost} × floor`,
    holds: row.holds,
  };
}

function memoryTarget(ofBodies: number): Target {
  return {
    work: '64 bodies of 1 MiB at once, memory added',
    found: `${formatNumber(ofBodies)} × their size`,
    wanted: `≤ ${MOST_OF_BODIES} × their size`,
    holds: ofBodies <= MOST_OF_BODIES,
  };
}

/** Resident memory moves with the room that V8 keeps; what is in use after a full collection tells a leak. */
function soakTarget({
  requests,
  growth,
  warmLiveBytes,
  endLiveBytes,
}: Awaited<ReturnType<typeof soak>>): Target {
  const live = (endLiveBytes ?? Number.NaN) / (warmLiveBytes ?? Number.NaN) - 1;
  const percent = (part: number) => `${formatNumber(100 * part)} %`;
  return {
    work: `memory after ${requests.toLocaleString('en')} requests, growth after the first fifth`,
    found: `${percent(live)} in use, ${percent(growth)} resident`,
    wanted: `< ${percent(MOST_GROWTH)}`,
    holds: live < MOST_GROWTH && growth < MOST_GROWTH,
  };
}
