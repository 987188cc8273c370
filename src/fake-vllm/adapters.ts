import type { FakeVllmOptions, LoraModule } from './options.ts';

/** The adapters of one server: which it knows, and where each of them is. */
export interface Adapters {
  readonly list: () => readonly LoraModule[];
  readonly has: (name: string) => boolean;
  /** Adds an adapter, or replaces it, and returns in how many milliseconds it is in a GPU slot. */
  readonly load: (module: LoraModule) => number;
  readonly unload: (name: string) => void;
  /** Brings an adapter into a GPU slot and returns in how many milliseconds it is there. */
  readonly use: (name: string) => number;
}

/**
 * Creates the adapters of a server. Both memories drop what was used least recently; a GPU slot is only taken
 * from an adapter of which no request runs.
 */
export function createAdapters(options: FakeVllmOptions, runs: (name: string) => boolean): Adapters {
  const { loraModules, maxLoras, maxCpuLoras, loraSwapMs, nowMs } = options;
  const known = new Map<string, LoraModule>();
  const cpu = new Set<string>();
  /** By adapter in a slot, when it is there. */
  const gpu = new Map<string, number>();

  /** Returns what it costs to have the adapter in CPU memory. */
  function readFromDisk(name: string): number {
    const held = cpu.delete(name);
    cpu.add(name);
    for (const oldest of cpu) {
      if (cpu.size <= maxCpuLoras) break;
      cpu.delete(oldest);
    }
    return held ? 0 : loraSwapMs;
  }

  function freeSlot(name: string): void {
    for (const oldest of gpu.keys()) {
      if (gpu.size < maxLoras) return;
      if (oldest !== name && !runs(oldest)) gpu.delete(oldest);
    }
  }

  function use(name: string): number {
    const fromDiskMs = readFromDisk(name);
    const readyMs = gpu.get(name);
    if (readyMs === undefined) freeSlot(name);
    const atMs = readyMs ?? nowMs() + fromDiskMs + loraSwapMs;
    gpu.delete(name);
    gpu.set(name, atMs);
    return Math.max(0, atMs - nowMs());
  }

  function unload(name: string): void {
    for (const memory of [known, cpu, gpu]) memory.delete(name);
  }

  for (const module of loraModules) {
    known.set(module.name, module);
    use(module.name);
  }
  // What a server loads while it starts is there when it listens.
  for (const name of gpu.keys()) gpu.set(name, 0);

  return {
    list: () => [...known.values()],
    has: (name) => known.has(name),
    load: (module) => {
      unload(module.name);
      known.set(module.name, module);
      return use(module.name);
    },
    unload,
    use,
  };
}
