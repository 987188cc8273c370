import type { Address, ModelName, PoolKey, TargetName } from './names.ts';
import type { PickerTable } from './pickers.ts';
import type { Criticality, ObjectMeta, Role } from './policy.ts';

/** One pod and port that can serve requests. Its slot indexes every array of the load view. */
export interface Endpoint {
  readonly slot: number;
  readonly address: Address;
  /** The pod's name, or the address where a source gives no name. */
  readonly name: string;
}

/** One target of a rule: the weight that its object asks for, and the weight that is in force. */
export interface Target {
  readonly name: TargetName;
  readonly wanted: number;
  readonly effective: number;
  /** Why `effective` differs from `wanted`; absent when it does not. */
  readonly reason: string | undefined;
  readonly role: Role;
  readonly group: string;
  /** Since when, in milliseconds since the epoch, where that is known. */
  readonly sinceMs?: number | undefined;
}

/** A client-facing model name that an object maps to weighted targets. */
export interface WeightedRule {
  readonly kind: 'weighted';
  readonly object: ObjectMeta;
  readonly criticality: Criticality;
  readonly targets: readonly Target[];
  /** The sum of all effective weights; exact up to 2^53. */
  readonly totalWeight: number;
}

/** A model name whose object is broken and never was valid. */
export interface InvalidRule {
  readonly kind: 'invalid';
  readonly object: ObjectMeta;
  readonly problem: string;
}

/** What a pool does with one model name. */
export type Rule = WeightedRule | InvalidRule;

/** One InferencePool with everything that a request to it needs. */
export interface Pool {
  readonly key: PoolKey;
  readonly endpoints: readonly Endpoint[];
  readonly byAddress: ReadonlyMap<Address, Endpoint>;
  readonly rules: ReadonlyMap<ModelName, Rule>;
  /** The rule of a rewrite without matches, for every name that has no rule of its own. */
  readonly anyRule: Rule | undefined;
  /** InferenceObjective name to priority. */
  readonly objectives: ReadonlyMap<string, number>;
}

/** Hosts of all LLMRoutes: exact names first, then the longest `*.x` suffix, then `*`. */
export interface HostTable {
  readonly exact: ReadonlyMap<string, PoolKey>;
  /** Suffixes with their leading dot (`.example.com`), longest first. */
  readonly suffixes: readonly { readonly suffix: string; readonly pool: PoolKey }[];
  readonly any: PoolKey | undefined;
  /** True if no LLMRoute is loaded: then the only pool serves every host. */
  readonly empty: boolean;
}

/** Policy and membership as one immutable value; a request reads it once. */
export interface Snapshot {
  readonly version: number;
  readonly pools: ReadonlyMap<PoolKey, Pool>;
  readonly hosts: HostTable;
  readonly pickers: PickerTable;
  /** The pool that serves hosts when no LLMRoute is loaded: `--pool-name`, or the only pool. */
  readonly defaultPool: PoolKey | undefined;
}
