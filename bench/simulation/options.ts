import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, type Parsed, parsed } from '../arguments.ts';

/** How the simulation is to be run. */
export interface SimulationOptions {
  /** Each seed gives other requests. */
  readonly seeds: readonly number[];
  /** Those of the pairs of Serin and its best peer. */
  readonly pairSeeds: readonly number[];
  /** How much faster than by itself a workload comes, for the plots. */
  readonly paces: readonly number[];
  /** Where the report goes. */
  readonly out: string;
  /** The winner behind the real Envoy, instead of all policies in the simulation. */
  readonly real: boolean;
}

/** What the command takes. */
export const SIMULATION_USAGE = `npm run bench -- simulation [options]
  --quick          one seed and no plots of load; figures for a look only
  --out FOLDER     where report.md, report.json and the plots go (.cache/bench/simulation)
  --readme         puts them into bench/simulation
  --real           two workloads on serin fake-vllm behind the real Envoy instead (two minutes)`;

const SEEDS = [1, 2, 3];
const PAIR_SEEDS = Array.from({ length: 16 }, (_, at) => at + 1);
const PACES = [0.5, 0.7, 0.85, 1, 1.1, 1.2];

/** Reads the options. */
export function parseSimulationOptions(args: readonly string[]): Parsed<SimulationOptions> {
  return parsed(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...COMMON_OPTIONS,
        real: { type: 'boolean', default: false },
        out: { type: 'string', default: '.cache/bench/simulation' },
      },
    });
    const { quick, readme, real, out } = values;
    return {
      seeds: quick ? SEEDS.slice(0, 1) : SEEDS,
      pairSeeds: quick ? PAIR_SEEDS.slice(0, 3) : PAIR_SEEDS,
      paces: quick ? [] : PACES,
      out: readme ? import.meta.dirname : out,
      real,
    };
  });
}
