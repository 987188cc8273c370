import { expect, test } from 'vitest';
import { createLoraInfo } from '../../src/fake-vllm/lora-info.ts';
import { DEFAULTS } from '../../src/fake-vllm/options.ts';

function createLab(metricsGeneration: 'v0' | 'v1') {
  let nowMs = 5000;
  let running: readonly string[] = [];
  let waiting: readonly string[] = [];
  const info = createLoraInfo(
    { ...DEFAULTS, maxLoras: 3, metricsGeneration, nowMs: () => nowMs },
    { running: () => running, waiting: () => waiting, isAdapter: (model) => model !== 'base' },
  );
  return {
    info,
    samples: () =>
      info
        .text()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.replace('vllm:lora_requests_info', '')),
    set: (atMs: number, now: readonly string[], later: readonly string[] = []) => {
      nowMs = atMs;
      running = now;
      waiting = later;
    },
  };
}

test('has no series before the first request', () => {
  const { samples } = createLab('v1');
  expect(samples()).toEqual([]);
});

test('V0 tells running and waiting apart; V1 lists what is in flight twice', () => {
  const [v0, v1] = [createLab('v0'), createLab('v1')];
  for (const { set } of [v0, v1]) set(6000, ['a', 'base', 'a'], ['b', 'a']);
  expect(v0.samples()).toEqual(['{max_lora="3",running_lora_adapters="a",waiting_lora_adapters="b,a"} 6.0']);
  expect(v1.samples()).toEqual([
    '{max_lora="3",running_lora_adapters="a,b",waiting_lora_adapters="a,b"} 6.0',
  ]);
});

test('keeps every combination, the newest with the highest value, and an idle engine’s stamp stands still', () => {
  const { info, samples, set } = createLab('v1');
  set(6000, ['a']);
  samples();
  info.step();
  set(6000, []);
  const both = [
    '{max_lora="3",running_lora_adapters="a",waiting_lora_adapters="a"} 6.0',
    '{max_lora="3",running_lora_adapters="",waiting_lora_adapters=""} 6.001',
  ];
  expect(samples()).toEqual(both);
  set(9000, []);
  expect(samples()).toEqual(both);
  set(9000, ['a']);
  expect(samples()).toEqual([
    '{max_lora="3",running_lora_adapters="",waiting_lora_adapters=""} 6.001',
    '{max_lora="3",running_lora_adapters="a",waiting_lora_adapters="a"} 9.0',
  ]);
});

test('forgets the oldest of more than a hundred combinations', () => {
  const { samples, set } = createLab('v1');
  for (let number = 0; number < 101; number += 1) {
    set(6000 + number, [`lora-${number}`]);
    samples();
  }
  const lines = samples();
  expect(lines).toHaveLength(100);
  expect(lines[0]).toContain('"lora-1"');
});
