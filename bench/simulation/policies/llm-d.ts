import type { PodSample } from '../pod/engine.ts';
import { BLOCK_TOKENS as KV_BLOCK_TOKENS } from '../pod/pod-spec.ts';
import type { SimRequest } from '../request.ts';
import { anyOf, createPages, leastOf, type Pages } from './plain.ts';
import type { CreatePolicy } from './policy.ts';
import { createPrefixIndex, type PrefixIndex } from './prefix-index.ts';

/** Tokens of a block of the approximate prefix index. */
const BLOCK_TOKENS = 64;
/** A pod's index holds as much as the pod's own cache, which its page tells; or, before the first page, so many. */
const INDEX_BLOCKS = 31_250;
/** The weights of llm-d's default profile; a scorer that is added without one weighs 1. */
const WEIGHTS = { queue: 2, kv: 2, prefix: 3, lora: 1 };

/** llm-d's router: scorers from 0 to 1, weighted and summed; the pod with the most points wins. */
export function createLlmD({ lora }: { readonly lora: boolean }): CreatePolicy {
  return ({ random }) => {
    const pages = createPages();
    const { pods, page, hooks } = pages;
    const indexes = new Map<number, PrefixIndex>();
    const seen = (pod: number, request: SimRequest) => indexes.get(pod)?.part(request) ?? 0;
    return {
      ...hooks,
      choose: (request) => {
        const waits = pods.map((pod) => page(pod)?.waiting ?? 0);
        const [least, most] = [Math.min(...waits), Math.max(...waits)];
        const cost = (pod: number) => {
          const queue = most === least ? 1 : (most - (page(pod)?.waiting ?? 0)) / (most - least);
          const kv = 1 - (page(pod)?.kvUsage ?? 0);
          const points = WEIGHTS.queue * queue + WEIGHTS.kv * kv + WEIGHTS.prefix * seen(pod, request);
          return -(points + (lora ? WEIGHTS.lora * loraScore(pages, pod, request.adapter) : 0));
        };
        const pod = anyOf(leastOf(pods, cost), random);
        const index = indexes.get(pod) ?? createPrefixIndex(BLOCK_TOKENS);
        indexes.set(pod, index);
        index.record(request, indexBlocks(page(pod)));
        return pod;
      },
    };
  };
}

/** The scorer as it is since it counts the union of both sets; before, half of a pod's slots counted as all. */
function loraScore({ page }: Pages, pod: number, adapter: string | undefined): number {
  const { inFlight = [], maxLoras = 0 } = page(pod) ?? {};
  if (adapter === undefined || inFlight.includes(adapter)) return 1;
  return inFlight.length < maxLoras ? 0.8 : 0;
}

function indexBlocks(page: PodSample | undefined): number {
  return page === undefined ? INDEX_BLOCKS : (page.kvBlocks * KV_BLOCK_TOKENS) / BLOCK_TOKENS;
}
