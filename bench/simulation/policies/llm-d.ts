import { createLru, type Lru } from '../pod/lru.ts';
import type { SimRequest } from '../request.ts';
import { anyOf, createPages, leastOf, type Pages } from './plain.ts';
import type { CreatePolicy } from './policy.ts';

/** Tokens of a block of the approximate prefix index, and how many blocks a pod's index holds. */
const BLOCK_TOKENS = 64;
const INDEX_BLOCKS = 31_250;
/** The weights of llm-d's default profile; a scorer that is added without one weighs 1. */
const WEIGHTS = { queue: 2, kv: 2, prefix: 3, lora: 1 };

/** llm-d's router: scorers from 0 to 1, weighted and summed; the pod with the most points wins. */
export function createLlmD({ lora }: { readonly lora: boolean }): CreatePolicy {
  return ({ random }) => {
    const pages = createPages();
    const { pods, page, hooks } = pages;
    const index = createPrefixIndex();
    return {
      ...hooks,
      choose: (request) => {
        const waits = pods.map((pod) => page(pod)?.waiting ?? 0);
        const [least, most] = [Math.min(...waits), Math.max(...waits)];
        const cost = (pod: number) => {
          const queue = most === least ? 1 : (most - (page(pod)?.waiting ?? 0)) / (most - least);
          const kv = 1 - (page(pod)?.kvUsage ?? 0);
          const points = WEIGHTS.queue * queue + WEIGHTS.kv * kv + WEIGHTS.prefix * index.score(pod, request);
          return -(points + (lora ? WEIGHTS.lora * loraScore(pages, pod, request.adapter) : 0));
        };
        const pod = anyOf(leastOf(pods, cost), random);
        index.record(pod, request);
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

interface PrefixIndex {
  /** The part of a request's prompt that a pod has seen, in whole blocks. */
  readonly score: (pod: number, request: SimRequest) => number;
  readonly record: (pod: number, request: SimRequest) => void;
}

function createPrefixIndex(): PrefixIndex {
  const indexes: Lru[] = [];
  const indexOf = (pod: number) => {
    const index = indexes[pod] ?? createLru(INDEX_BLOCKS / 8);
    indexes[pod] = index;
    return index;
  };
  return {
    score: (pod, { segments, promptTokens }) => {
      const index = indexOf(pod);
      let tokens = 0;
      for (const segment of segments) {
        if (!index.has(segment.key)) break;
        tokens += segment.tokens;
      }
      const blocks = Math.floor(promptTokens / BLOCK_TOKENS);
      return blocks === 0 ? 0 : Math.min(1, Math.floor(tokens / BLOCK_TOKENS) / blocks);
    },
    record: (pod, { segments }) => {
      for (const { key } of segments) indexOf(pod).use(key);
    },
  };
}
