/** Names in the order of their last use, at most so many. */
export interface Lru {
  readonly has: (name: string) => boolean;
  /** Makes a name the last used one, and drops the least recently used ones that may go while there are too many. */
  readonly use: (name: string, mayGo?: (name: string) => boolean) => void;
  readonly names: () => readonly string[];
}

/** Creates an empty list with a capacity. */
export function createLru(capacity: number): Lru {
  const held = new Set<string>();
  return {
    has: (name) => held.has(name),
    use: (name, mayGo = () => true) => {
      held.delete(name);
      held.add(name);
      for (const oldest of held) {
        if (held.size <= capacity) break;
        if (oldest !== name && mayGo(oldest)) held.delete(oldest);
      }
    },
    names: () => [...held],
  };
}
