import type { SimRequest } from '../request.ts';
import { anyOf, createPages, type Pages } from './plain.ts';
import type { CreatePolicy } from './policy.ts';

const QUEUEING_THRESHOLD_LORA = 50;

/**
 * The decision tree of GIE v0.1.0, in its branch for critical requests: the other one refuses requests, and what
 * is refused has no latency to compare.
 */
export const createGieTree: CreatePolicy = ({ random }) => {
  const pages = createPages();
  const { pods, page, hooks } = pages;
  const waiting = (pod: number) => page(pod)?.waiting ?? 0;
  const kvUsage = (pod: number) => page(pod)?.kvUsage ?? 0;
  const leastQueue = (of: readonly number[]) => lowRange(of, waiting, Math.floor);
  const leastKv = (of: readonly number[]) => lowRange(of, kvUsage, (width) => width);
  return {
    ...hooks,
    choose: ({ adapter }: SimRequest) => {
      const short = pods.filter((pod) => waiting(pod) < QUEUEING_THRESHOLD_LORA);
      if (short.length === 0) return anyOf(leastKv(lowCost(pages, leastQueue(pods), adapter)), random);
      const active = short.filter((pod) => isActive(pages, pod, adapter));
      const left = active.length > 0 ? active : roomyElseAll(pages, short);
      return anyOf(leastKv(leastQueue(left)), random);
    },
  };
};

/** Those in the lowest of as many equal ranges as there are pods. */
function lowRange(
  pods: readonly number[],
  figure: (pod: number) => number,
  round: (width: number) => number,
): readonly number[] {
  const figures = pods.map(figure);
  const least = Math.min(...figures);
  const most = least + round((Math.max(...figures) - least) / pods.length);
  return pods.filter((_, at) => (figures[at] ?? 0) <= most);
}

function isActive({ page }: Pages, pod: number, adapter: string | undefined): boolean {
  return adapter !== undefined && (page(pod)?.inFlight.includes(adapter) ?? false);
}

function hasRoom({ page }: Pages, pod: number): boolean {
  const sample = page(pod);
  return sample === undefined || sample.inFlight.length < sample.maxLoras;
}

function roomyElseAll(pages: Pages, pods: readonly number[]): readonly number[] {
  const roomy = pods.filter((pod) => hasRoom(pages, pod));
  return roomy.length > 0 ? roomy : pods;
}

function lowCost(pages: Pages, pods: readonly number[], adapter: string | undefined): readonly number[] {
  const cheap = pods.filter((pod) => isActive(pages, pod, adapter) || hasRoom(pages, pod));
  return cheap.length > 0 ? cheap : pods;
}
