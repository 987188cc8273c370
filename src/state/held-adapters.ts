/** The adapters that one pod holds, in the order of their last use; each change tells the other names that it moved. */
export interface HeldAdapters {
  /** In the GPU slots. */
  readonly residents: ReadonlySet<string>;
  /** In the pod's memory alone. */
  readonly cached: ReadonlySet<string>;
  /** Notes the use of an adapter by a pod with so many slots, 0 if it has not told them. */
  readonly use: (adapter: string, slots: number) => readonly string[];
  readonly clear: () => readonly string[];
}

/** How many adapters are remembered of a pod that does not tell its slots. */
const UNTOLD_SLOTS = 64;
/** A pod's memory is taken to hold three times the adapters that fit into its slots, beside these. */
const MEMORY = 3;
const NONE: readonly string[] = [];

/**
 * Creates a pod that holds none. vLLM evicts the adapter that was used least recently, and
 * `vllm:lora_requests_info` shows only those in flight, so idle residents have to be remembered here.
 */
export function createHeldAdapters(): HeldAdapters {
  const residents = new Set<string>();
  const cached = new Set<string>();
  return {
    residents,
    cached,
    use: (adapter, slots) => {
      const capacity = slots || UNTOLD_SLOTS;
      cached.delete(adapter);
      useLast(residents, adapter);
      const evicted = trim(residents, capacity);
      for (const each of evicted) useLast(cached, each);
      const forgotten = trim(cached, MEMORY * capacity);
      return evicted.length + forgotten.length === 0 ? NONE : [...evicted, ...forgotten];
    },
    clear: () => {
      const before = [...residents, ...cached];
      residents.clear();
      cached.clear();
      return before;
    },
  };
}

function useLast(held: Set<string>, adapter: string): void {
  held.delete(adapter);
  held.add(adapter);
}

/** Takes out what was used least recently, as long as there is too much. */
function trim(held: Set<string>, capacity: number): readonly string[] {
  if (held.size <= capacity) return NONE;
  const out: string[] = [];
  for (const oldest of held) {
    if (held.size <= capacity) break;
    held.delete(oldest);
    out.push(oldest);
  }
  return out;
}
