import { createLru } from './lru.ts';
import type { PodSpec } from './pod-spec.ts';

/** The adapters of one simulated pod: those in GPU slots, those in CPU memory, and what it costs to move them. */
export interface Adapters {
  /** Brings an adapter into a slot for a batch that uses some; returns how long the engine stands still for it. */
  readonly activate: (name: string, inBatch: ReadonlySet<string>) => number;
  readonly onGpu: () => readonly string[];
  readonly onCpu: () => readonly string[];
  /** How many were brought to the GPU, and how many of them from disk. */
  readonly loads: () => { readonly gpu: number; readonly disk: number };
}

/** Creates the adapters of a pod that has loaded none. */
export function createAdapters(spec: PodSpec): Adapters {
  const gpu = createLru(spec.maxLoras);
  const cpu = createLru(spec.maxCpuLoras);
  let toGpu = 0;
  let fromDisk = 0;

  function toCpuMs(name: string): number {
    const held = cpu.has(name);
    cpu.use(name);
    if (held) return 0;
    fromDisk += 1;
    return spec.diskLoadMs;
  }

  return {
    activate: (name, inBatch) => {
      const diskMs = toCpuMs(name);
      const held = gpu.has(name);
      gpu.use(name, (oldest) => !inBatch.has(oldest));
      if (held) return diskMs;
      toGpu += 1;
      return diskMs + spec.gpuLoadMs;
    },
    onGpu: gpu.names,
    onCpu: cpu.names,
    loads: () => ({ gpu: toGpu, disk: fromDisk }),
  };
}
