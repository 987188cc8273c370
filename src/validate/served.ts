import { compile } from '../core/compile.ts';
import type { Member } from '../core/members.ts';
import type { Address, PoolKey } from '../core/names.ts';
import type { Pool } from '../core/snapshot.ts';
import { errorAt, type Finding, type Located, noteAt } from './finding.ts';
import { targetLists } from './targets.ts';

/** The names that a pod serves, or why they are not known. */
export type Served =
  | { readonly kind: 'served'; readonly names: ReadonlySet<string> }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What targets are compared with. */
export interface ServedOptions {
  readonly members: readonly Member[];
  /** The pool of members without labels where there are several. */
  readonly poolName: PoolKey | undefined;
  readonly ask: (address: Address) => Promise<Served>;
}

/** Asks the endpoints what they serve and finds the targets that none of their pool does. */
export async function unserved(
  objects: readonly Located[],
  { members, poolName, ask }: ServedOptions,
): Promise<readonly Finding[]> {
  const input = { objects: objects.map(({ object }) => object), members, poolName };
  const { snapshot } = compile({ ...input, slotOf: () => 0, version: 0, overlay: new Map() });
  const addresses = new Set([...snapshot.pools.values()].flatMap(({ byAddress }) => [...byAddress.keys()]));
  const answers = new Map(
    await Promise.all([...addresses].map(async (address) => [address, await ask(address)] as const)),
  );
  const silent = [...answers].flatMap(([address, answer]) =>
    answer.kind === 'unknown' ? [silentEndpoint(address, answer.reason)] : [],
  );
  return [...silent, ...objects.flatMap((located) => unservedBy(located, snapshot.pools, answers))];
}

function silentEndpoint(address: Address, reason: string): Finding {
  const place = { source: address, line: 0, column: 0 };
  return {
    severity: 'error',
    place,
    object: undefined,
    field: '',
    message: `/v1/models not read: ${reason}`,
  };
}

type Answers = ReadonlyMap<Address, Served>;

function unservedBy(
  located: Located,
  pools: ReadonlyMap<PoolKey, Pool>,
  answers: Answers,
): readonly Finding[] {
  const { object } = located;
  const pool = object.kind === 'model' || object.kind === 'rewrite' ? pools.get(object.pool) : undefined;
  if (pool === undefined) return [];
  if (pool.endpoints.length === 0) {
    return [noteAt(located, ['spec', 'poolRef', 'name'], 'no endpoint that was given is of this pool')];
  }
  const names = servedNames(pool, answers);
  return names === undefined ? [] : missing(located, names);
}

/** All that a pool serves; undefined while one of its pods may serve anything. */
function servedNames(pool: Pool, answers: Answers): ReadonlySet<string> | undefined {
  const each = pool.endpoints.map(({ address }) => answers.get(address));
  const names = each.flatMap((answer) => (answer?.kind === 'served' ? [answer.names] : []));
  return names.length < each.length ? undefined : new Set(names.flatMap((set) => [...set]));
}

function missing(located: Located, names: ReadonlySet<string>): readonly Finding[] {
  const { object } = located;
  const untargeted = object.kind === 'model' && object.targets.length === 0;
  if (untargeted && !names.has(object.modelName)) {
    return [errorAt(located, ['spec', 'modelName'], `no endpoint serves ${object.modelName}`)];
  }
  return targetLists(object).flatMap(({ targets }) =>
    targets
      .filter(({ target }) => !names.has(target.name))
      .map(({ target, name }) => {
        const message = `no endpoint serves ${target.name}`;
        // An adapter that gets nothing yet is often loaded later.
        return target.weight === 0 ? noteAt(located, name, message) : errorAt(located, name, message);
      }),
  );
}
