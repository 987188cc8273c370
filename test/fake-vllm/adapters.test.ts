import { expect, test } from 'vitest';
import { type Adapters, createAdapters } from '../../src/fake-vllm/adapters.ts';
import { DEFAULTS } from '../../src/fake-vllm/options.ts';

interface Setup {
  readonly names: readonly string[];
  readonly slots: number;
  readonly cpu: number;
  readonly runs?: (name: string) => boolean;
}

function createLab({ names, slots, cpu, runs = () => false }: Setup): {
  readonly adapters: Adapters;
  readonly pass: (ms: number) => void;
} {
  let nowMs = 1000;
  const adapters = createAdapters(
    {
      ...DEFAULTS,
      loraModules: names.map((name) => ({ name, path: `/${name}` })),
      maxLoras: slots,
      maxCpuLoras: cpu,
      loraSwapMs: 10,
      nowMs: () => nowMs,
    },
    runs,
  );
  return {
    adapters,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

test('what was loaded at the start and still has a slot costs nothing', () => {
  const { adapters } = createLab({ names: ['a', 'b', 'c'], slots: 2, cpu: 3 });
  expect([adapters.use('b'), adapters.use('c')]).toEqual([0, 0]);
});

test('a swap costs once from CPU memory and twice from disk', () => {
  const { adapters } = createLab({ names: ['a', 'b', 'c', 'd'], slots: 1, cpu: 2 });
  expect([adapters.use('c'), adapters.use('a'), adapters.use('b')]).toEqual([10, 20, 20]);
});

test('a slot that is used again is kept, and the one used least recently goes', () => {
  const { adapters, pass } = createLab({ names: ['a', 'b', 'c'], slots: 2, cpu: 3 });
  expect(adapters.use('b')).toBe(0);
  expect(adapters.use('a')).toBe(10);
  pass(10);
  expect([adapters.use('b'), adapters.use('a')]).toEqual([0, 0]);
  expect(adapters.use('c')).toBe(10);
});

test('a request that comes during a swap waits for the rest of it', () => {
  const { adapters, pass } = createLab({ names: ['a', 'b'], slots: 1, cpu: 2 });
  expect(adapters.use('a')).toBe(10);
  pass(4);
  expect(adapters.use('a')).toBe(6);
  pass(6);
  expect(adapters.use('a')).toBe(0);
});

test('a slot is not taken from an adapter whose requests run', () => {
  const { adapters } = createLab({ names: ['c', 'a', 'b'], slots: 2, cpu: 3, runs: (name) => name === 'a' });
  expect(adapters.use('c')).toBe(10);
  expect(adapters.use('a')).toBe(0);
  expect(adapters.use('b')).toBe(10);
});

test('loading reads from disk, again too if it replaces; unloading forgets', () => {
  const { adapters } = createLab({ names: ['a'], slots: 2, cpu: 2 });
  expect(adapters.load({ name: 'n', path: '/n' })).toBe(20);
  expect(adapters.load({ name: 'a', path: '/other' })).toBe(20);
  expect(adapters.list()).toEqual([
    { name: 'n', path: '/n' },
    { name: 'a', path: '/other' },
  ]);
  adapters.unload('n');
  expect([adapters.has('n'), adapters.has('a')]).toEqual([false, true]);
});
