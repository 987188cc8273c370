import type { PodSample } from '../pod/engine.ts';
import type { CreatePolicy, Policy } from './policy.ts';

/** What a picker that only reads pages knows: the pods and the last page of each. */
export interface Pages {
  readonly pods: readonly number[];
  /** Undefined before the first page. */
  readonly page: (pod: number) => PodSample | undefined;
  readonly hooks: Pick<Policy, 'joined' | 'scraped' | 'ended'>;
}

/** Creates the memory of a picker that only reads pages. */
export function createPages(): Pages {
  const pods: number[] = [];
  const pages: (PodSample | undefined)[] = [];
  return {
    pods,
    page: (pod) => pages[pod],
    hooks: {
      joined: (pod) => {
        pods.push(pod);
      },
      scraped: (pod, sample) => {
        pages[pod] = sample;
      },
      ended: () => undefined,
    },
  };
}

/** One of some values, each with the same chance. */
export function anyOf(values: readonly number[], random: () => number): number {
  return values[Math.floor(random() * values.length)] ?? 0;
}

/** The values for which a figure is the least. */
export function leastOf(values: readonly number[], figure: (value: number) => number): readonly number[] {
  const figures = values.map(figure);
  const least = Math.min(...figures);
  return values.filter((_, at) => figures[at] === least);
}

/** Any pod, each with the same chance. */
export const createRandom: CreatePolicy = ({ random }) => {
  const { pods, hooks } = createPages();
  return { ...hooks, choose: () => anyOf(pods, random) };
};

/** One pod after the other. */
export const createRoundRobin: CreatePolicy = () => {
  const { pods, hooks } = createPages();
  let turn = 0;
  return {
    ...hooks,
    choose: () => {
      turn += 1;
      return pods[turn % pods.length] ?? 0;
    },
  };
};

/** The pod with the fewest requests waiting at its last scrape; among those the fewest running. */
export const createLeastQueue: CreatePolicy = ({ random }) => {
  const { pods, page, hooks } = createPages();
  return {
    ...hooks,
    choose: () => {
      const shortest = leastOf(pods, (pod) => page(pod)?.waiting ?? 0);
      return anyOf(
        leastOf(shortest, (pod) => page(pod)?.running ?? 0),
        random,
      );
    },
  };
};
