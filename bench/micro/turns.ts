import { median } from '../report/median.ts';
import { cpuUs } from './cpu-clock.ts';

/** How thoroughly to time. */
export interface Effort {
  readonly rounds: number;
  /** How long a piece of work is repeated in its turn. */
  readonly turnMs: number;
}

/** Times of pieces of work that took turns. */
export interface Turns<Name extends string> {
  /** CPU time of one repetition, in microseconds: the median of the rounds. */
  readonly us: (name: Name) => number;
  /** Times of one by those of another in the same round: the median of the rounds. */
  readonly ratio: (name: Name, floor: Name) => number;
}

/** Rounds that only warm the compiler up, as a part of those that count. */
const WARM_UP = 0.25;

/** Times pieces of work that take turns, so that a noisy moment of the machine hits all alike. */
export function takeTurns<Name extends string>(
  works: ReadonlyMap<Name, () => void>,
  { rounds, turnMs }: Effort,
): Turns<Name> {
  const warmUp = Math.ceil(rounds * WARM_UP);
  const taken: ReadonlyMap<Name, number>[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    taken.push(new Map([...works].map(([name, work]) => [name, usOf(work, turnMs)] as const)));
  }
  const counted = taken.slice(warmUp);
  const of = (times: ReadonlyMap<Name, number>, name: Name) => times.get(name) ?? Number.NaN;
  return {
    us: (name) => median(counted.map((times) => of(times, name))),
    ratio: (name, floor) => median(counted.map((times) => of(times, name) / of(times, floor))),
  };
}

/** The time is asked for seldom, since that takes as long as the shortest of works. */
function usOf(work: () => void, turnMs: number): number {
  let times = 0;
  let batch = 1;
  const startedUs = cpuUs();
  let elapsedUs = 0;
  while (elapsedUs < turnMs * 1000) {
    for (let at = 0; at < batch; at += 1) work();
    times += batch;
    batch *= 2;
    elapsedUs = cpuUs() - startedUs;
  }
  return elapsedUs / times;
}
