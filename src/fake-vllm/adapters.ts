import type { FakeVllmOptions, LoraModule } from './options.ts';

/** The adapters of one server: which it knows, and where each of them is. */
export interface Adapters {
  readonly list: () => readonly LoraModule[];
  readonly has: (name: string) => boolean;
  readonly load: (module: LoraModule) => void;
  readonly unload: (name: string) => void;
  /** Brings an adapter into a GPU slot and returns what that costs in milliseconds. */
  readonly use: (name: string) => number;
}

/** Creates the adapters of a server; both memories drop what was used least recently. */
export function createAdapters(options: FakeVllmOptions): Adapters {
  const known = new Map(options.loraModules.map((module) => [module.name, module]));
  const gpu = new Set<string>();
  const cpu = new Set<string>();

  function touch(memory: Set<string>, name: string, capacity: number): boolean {
    const held = memory.delete(name);
    memory.add(name);
    for (const oldest of memory) {
      if (memory.size <= capacity) break;
      memory.delete(oldest);
    }
    return held;
  }

  return {
    list: () => [...known.values()],
    has: (name) => known.has(name),
    load: (module) => void known.set(module.name, module),
    unload: (name) => {
      for (const memory of [known, gpu, cpu]) memory.delete(name);
    },
    use: (name) => {
      const onCpu = touch(cpu, name, options.maxCpuLoras);
      if (touch(gpu, name, options.maxLoras)) return 0;
      return onCpu ? options.loraSwapMs : 2 * options.loraSwapMs;
    },
  };
}
