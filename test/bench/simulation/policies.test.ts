import { describe, expect, test } from 'vitest';
import type { PodSample } from '../../../bench/simulation/pod/engine.ts';
import { createGieTree } from '../../../bench/simulation/policies/gie-tree.ts';
import { createLlmD } from '../../../bench/simulation/policies/llm-d.ts';
import { createLeastQueue, createRoundRobin } from '../../../bench/simulation/policies/plain.ts';
import type { CreatePolicy } from '../../../bench/simulation/policies/policy.ts';
import { createSerin } from '../../../bench/simulation/policies/serin.ts';
import type { SimRequest } from '../../../bench/simulation/request.ts';
import { seededRandom } from '../../core/seeded-random.ts';

const IDLE: PodSample = {
  waiting: 0,
  running: 0,
  kvUsage: 0,
  kvBlocks: 100,
  maxLoras: 2,
  inFlight: [],
  onGpu: [],
  onCpu: [],
};

function request(changes: Partial<SimRequest> = {}): SimRequest {
  const none = { id: 0, atMs: 0, adapter: 'a', promptTokens: 256, outputTokens: 1, segments: [] };
  return { ...none, answerKey: 'answered', ...changes };
}

/** The pods that a policy chooses for a request, of pods whose pages are as given. */
function chosen(createPolicy: CreatePolicy, pages: readonly Partial<PodSample>[], of = request()) {
  const policy = createPolicy({ random: seededRandom(1), nowMs: () => 100 });
  for (const [pod, page] of pages.entries()) {
    policy.joined(pod);
    policy.scraped(pod, { ...IDLE, ...page }, 0);
  }
  return new Set(Array.from({ length: 40 }, (_, id) => policy.choose({ ...of, id })));
}

describe('round robin', () => {
  test('takes all pods in turn', () => {
    expect(chosen(createRoundRobin, [{}, {}, {}])).toEqual(new Set([0, 1, 2]));
  });
});

describe('least queue', () => {
  test('takes the shortest queue, and of these the fewest running', () => {
    const pages = [{ waiting: 1 }, { running: 2 }, { running: 1 }, { running: 1 }];
    expect(chosen(createLeastQueue, pages)).toEqual(new Set([2, 3]));
  });
});

describe('the tree of GIE v0.1.0', () => {
  test('takes pods where the adapter is in flight, then those with room, and of these a short queue', () => {
    expect(chosen(createGieTree, [{}, { inFlight: ['a'], waiting: 9 }])).toEqual(new Set([1]));
    expect(chosen(createGieTree, [{ inFlight: ['b', 'c'] }, { inFlight: ['b'] }])).toEqual(new Set([1]));
    expect(chosen(createGieTree, [{ waiting: 9 }, { waiting: 4 }, { waiting: 3 }, {}])).toEqual(new Set([3]));
  });

  test('goes by the queue first when all queues are long', () => {
    const pages = [
      { waiting: 99, inFlight: ['a'] },
      { waiting: 50, inFlight: ['b', 'c'] },
    ];
    expect(chosen(createGieTree, pages)).toEqual(new Set([1]));
  });
});

describe('llm-d', () => {
  const plain = createLlmD({ lora: false });
  const withLora = createLlmD({ lora: true });

  test('takes the shortest queue and the emptiest KV cache', () => {
    expect(chosen(plain, [{ waiting: 1 }, {}])).toEqual(new Set([1]));
    expect(chosen(plain, [{ kvUsage: 0.5 }, { kvUsage: 0.4 }])).toEqual(new Set([1]));
  });

  test('with its LoRA scorer prefers an adapter in flight to a free slot, and that to none', () => {
    const pages = [{ inFlight: ['b'] }, { inFlight: ['a'] }, { inFlight: ['b', 'c'] }];
    expect(chosen(withLora, pages)).toEqual(new Set([1]));
    expect(chosen(withLora, [{ inFlight: ['b', 'c'] }, { inFlight: ['b'] }])).toEqual(new Set([1]));
    expect(chosen(plain, pages)).toEqual(new Set([0, 1, 2]));
  });

  test('stays with the pod that has seen the beginning of a prompt', () => {
    const of = request({ segments: [{ key: 'system', tokens: 128 }] });
    expect(chosen(plain, [{}, {}, {}], of).size).toBe(1);
  });

  test('forgets what a pod has no room for', () => {
    const prompt = (key: string) => request({ segments: [{ key, tokens: 640 }], promptTokens: 640 });
    const chosenBehind = (others: number) => {
      const policy = plain({ random: seededRandom(1), nowMs: () => 100 });
      const tell = (...queues: readonly number[]) => {
        for (const [pod, waiting] of queues.entries()) policy.scraped(pod, { ...IDLE, waiting }, 0);
      };
      for (const pod of [0, 1]) policy.joined(pod);
      tell(0, 9);
      policy.choose(prompt('one'));
      for (let id = 0; id < others; id += 1) policy.choose(prompt(`other ${id}`));
      tell(9, 0);
      return policy.choose(prompt('one'));
    };
    // Ten blocks each, and an index holds 25, as many as the pod's cache.
    expect([chosenBehind(1), chosenBehind(3)]).toEqual([0, 1]);
  });
});

describe('Serin', () => {
  test('counts what it has sent itself', () => {
    expect(chosen(createSerin(), [{}, {}, {}], request({ adapter: undefined }))).toEqual(new Set([0, 1, 2]));
  });

  test('stays with the pod that has been sent the beginning of a prompt, if prompts are read', () => {
    const of = request({
      adapter: undefined,
      promptTokens: 2100,
      segments: [{ key: 'system', tokens: 2000 }],
    });
    const two = (policy: CreatePolicy) => {
      const created = policy({ random: seededRandom(1), nowMs: () => 100 });
      for (const pod of [0, 1, 2]) created.joined(pod);
      const first = created.choose({ ...of, id: 0 });
      created.ended({ ...of, id: 0 }, first);
      return Array.from({ length: 9 }, () => {
        const pod = created.choose({ ...of, id: 1 });
        created.ended({ ...of, id: 1 }, pod);
        return pod === first;
      });
    };
    expect(two(createSerin())).toEqual(Array.from({ length: 9 }, () => true));
    expect(two(createSerin({ prefixes: false }))).toContain(false);
  });

  test('knows idle adapters only where pods tell them', () => {
    const pages = [
      { inFlight: ['c'], onGpu: ['c', 'b'] },
      { inFlight: ['c'], running: 1, onGpu: ['c', 'a'] },
    ];
    const first = (policy: CreatePolicy) => [...chosen(policy, pages)][0];
    expect([first(createSerin()), first(createSerin({ residency: true }))]).toEqual([0, 1]);
  });
});
