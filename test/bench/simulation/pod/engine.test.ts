import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../../bench/simulation/pod/engine.ts';
import type { PodSpec } from '../../../../bench/simulation/pod/pod-spec.ts';
import type { SimRequest } from '../../../../bench/simulation/request.ts';

/** Ten milliseconds a step, one more for each answer, and a tenth for each token of a prompt. */
const SPEC: PodSpec = {
  maxNumSeqs: 4,
  tokenBudget: 100,
  kvBlocks: 100,
  maxLoras: 2,
  maxCpuLoras: 2,
  stepMs: 10,
  perSeqMs: 1,
  perPromptTokenMs: 0.1,
  gpuLoadMs: 5,
  diskLoadMs: 50,
};

function request(id: number, changes: Partial<SimRequest> = {}): SimRequest {
  const none = { atMs: 0, adapter: undefined, promptTokens: 20, outputTokens: 2, segments: [] };
  return { id, ...none, answerKey: `answered ${id}`, ...changes };
}

/** A pod, the times of its steps, and what became of its requests. */
function start(spec: Partial<PodSpec> = {}) {
  const told: string[] = [];
  const engine = createEngine(
    { ...SPEC, ...spec },
    {
      firstToken: ({ id }, atMs) => told.push(`${id} begins at ${atMs}`),
      finished: ({ id }, atMs) => told.push(`${id} ends at ${atMs}`),
    },
  );
  let nowMs = 0;
  const step = (slowness = 1) => {
    const ms = engine.startStep(slowness);
    if (ms === undefined) return undefined;
    nowMs += ms;
    engine.endStep(nowMs);
    return ms;
  };
  return { engine, told, step };
}

describe('a simulated pod', () => {
  test('computes a prompt and brings its first token in one step, and a token in each further one', () => {
    const { engine, told, step } = start();
    expect(step()).toBeUndefined();
    engine.enter(request(1));
    expect([step(), step(), step()]).toEqual([12, 11, undefined]);
    expect(told).toEqual(['1 begins at 12', '1 ends at 23']);
  });

  test('spreads long prompts over steps within the budget, beside the answers of others', () => {
    const { engine, told, step } = start();
    engine.enter(request(1, { outputTokens: 9 }));
    step();
    engine.enter(request(2, { promptTokens: 150 }));
    // One token of the budget is the answer's, 99 are the prompt's, and 51 are left.
    expect([step(), step()]).toEqual([20.9, 16.1]);
    expect(told.at(-1)).toBe(`2 begins at ${12 + 20.9 + 16.1}`);
  });

  test('runs so many requests at once, and the others in their order', () => {
    const { engine, step } = start({ maxNumSeqs: 2 });
    for (const id of [1, 2, 3]) engine.enter(request(id));
    step();
    expect(engine.sample()).toMatchObject({ running: 2, waiting: 1 });
    step();
    expect(engine.sample()).toMatchObject({ running: 0, waiting: 1 });
    step();
    expect(engine.sample()).toMatchObject({ running: 1, waiting: 0 });
  });

  test('stands still while it loads an adapter: from disk, and only from memory when it was there lately', () => {
    const { engine, step } = start({ maxLoras: 1, maxCpuLoras: 2 });
    const serve = (adapter: string) => {
      engine.enter(request(0, { adapter, outputTokens: 1 }));
      return step();
    };
    expect(['a', 'a', 'b', 'a', 'c', 'b'].map(serve)).toEqual([67, 12, 67, 17, 67, 67]);
    expect(engine.loads()).toEqual({ gpu: 5, disk: 4 });
    expect(engine.sample()).toMatchObject({ onGpu: ['b'], onCpu: ['c', 'b'] });
  });

  test('has no more adapters in a batch than slots, and lets others pass one that waits for a slot', () => {
    const { engine, told, step } = start();
    for (const [at, adapter] of ['a', 'b', 'c', 'a'].entries()) engine.enter(request(at, { adapter }));
    step();
    expect(engine.sample()).toMatchObject({ running: 3, waiting: 1, inFlight: ['a', 'b', 'c'] });
    step();
    step();
    expect(told.map((text) => text[0])).toEqual(['0', '1', '3', '0', '1', '3', '2']);
  });

  test('does not compute what its prefix cache holds, as long as there is room for it', () => {
    const { engine, step } = start({ kvBlocks: 12 });
    const segments = [{ key: 'system', tokens: 64 }];
    const serve = (changes: Partial<SimRequest>) => {
      engine.enter(request(0, { outputTokens: 1, promptTokens: 80, ...changes }));
      return step();
    };
    expect(serve({ segments })).toBe(18);
    expect(serve({ segments })).toBeCloseTo(11.6);
    // It takes nine blocks, so that three are left, which do not hold all of the segment.
    expect(serve({ promptTokens: 99 + 32, outputTokens: 1 })).toBe(20);
    step();
    expect(serve({ segments })).toBeCloseTo(10 + 0.1 * (80 - 48));
  });

  test('finds the answer too when a conversation goes on', () => {
    const { engine, step } = start();
    const asked = [{ key: 'asked', tokens: 20 }];
    engine.enter(request(0, { segments: asked, outputTokens: 30 }));
    while (step() !== undefined);
    const goesOn = [...asked, { key: 'answered 0', tokens: 30 }, { key: 'asked on', tokens: 10 }];
    engine.enter(request(1, { segments: goesOn, promptTokens: 60 }));
    // Of 20 + 29 tokens, three blocks are full.
    expect(step()).toBeCloseTo(10 + 0.1 * (60 - 48));
  });

  test('takes blocks back from the newest request when there are none left, and computes it again', () => {
    const { engine, told, step } = start({ kvBlocks: 4 });
    for (const id of [1, 2]) engine.enter(request(id, { promptTokens: 30, outputTokens: 10 }));
    while (step() !== undefined) expect(engine.sample().kvUsage).toBeLessThanOrEqual(1);
    expect(told.filter((text) => text.includes('ends')).map((text) => text[0])).toEqual(['1', '2']);
    expect(told.filter((text) => text.includes('begins'))).toHaveLength(2);
    expect(engine.sample()).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
  });

  test('is as slow as it is told to be, but loads adapters as fast as ever', () => {
    const { engine, step } = start();
    engine.enter(request(1, { adapter: 'a', outputTokens: 1 }));
    expect(step(3)).toBe(3 * 12 + 55);
  });
});
