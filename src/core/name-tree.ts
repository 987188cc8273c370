/** What a leaf is found by; each may be absent. */
export interface TreeNames {
  readonly pool: string;
  readonly model: string | undefined;
  readonly target: string | undefined;
}

/** Values by pool, model and target. */
export interface NameTree<Leaf> {
  readonly find: (pool: string, model: string | undefined, target: string | undefined) => Leaf | undefined;
  readonly put: (names: TreeNames, leaf: Leaf) => void;
  readonly clear: () => void;
}

type Branch<Child> = Map<string | undefined, Child>;

/**
 * Creates a tree without leaves. The names of requests are mostly those of the snapshot, whose hashes are known, so
 * three looks cost less than one at a key that has to be joined of them.
 */
export function createNameTree<Leaf>(): NameTree<Leaf> {
  const pools: Branch<Branch<Branch<Leaf>>> = new Map();
  return {
    find: (pool, model, target) => pools.get(pool)?.get(model)?.get(target),
    put: ({ pool, model, target }, leaf) => {
      const models = pools.get(pool) ?? new Map<string | undefined, Branch<Leaf>>();
      const targets = models.get(model) ?? new Map<string | undefined, Leaf>();
      pools.set(pool, models.set(model, targets.set(target, leaf)));
    },
    clear: () => pools.clear(),
  };
}
