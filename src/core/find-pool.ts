import { excerpt } from './excerpt.ts';
import { lookupHost } from './hosts.ts';
import type { PoolKey } from './names.ts';
import { lookupPicker } from './pickers.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import type { Pool, Snapshot } from './snapshot.ts';

/** What a proxy tells of a stream before its first message. */
export interface StreamOrigin {
  /** The pool that the operator has named in the stream's metadata: `namespace/name`, or `name`. */
  readonly pool: string | undefined;
  /** `:authority` of the stream itself: the name under which the proxy reaches Serin. */
  readonly authority: string | undefined;
}

/**
 * Finds the pool of a request: the one that the stream's metadata names, else the one whose Service the stream
 * was sent to, else the one that an LLMRoute gives to the request's host, else the only one.
 */
export function findPool(host: string, origin: StreamOrigin, snapshot: Snapshot): Pool | Rejection {
  const { hosts, pools, pickers, defaultPool } = snapshot;
  if (origin.pool !== undefined) return namedPool(origin.pool, snapshot);
  const picked = origin.authority === undefined ? undefined : lookupPicker(pickers, origin.authority);
  const key = picked ?? (hosts.empty ? defaultPool : lookupHost(hosts, host));
  if (key !== undefined) return loadedPool(key, snapshot);
  if (!hosts.empty) return reject('unknown_host', `no LLMRoute serves the host ${excerpt(host)}`);
  if (pools.size === 0) return reject('no_endpoint', 'no InferencePool is loaded');
  return reject('pool_ambiguous', 'several pools are loaded: name one with --pool-name or an LLMRoute');
}

function namedPool(name: string, snapshot: Snapshot): Pool | Rejection {
  const keys = [...snapshot.pools.keys()];
  const found = keys.filter((key) => key === name || key.endsWith(`/${name}`));
  const [only] = found;
  if (only === undefined) return notLoaded(excerpt(name));
  if (found.length === 1) return loadedPool(only, snapshot);
  return reject('pool_ambiguous', `several pools are called ${excerpt(name)}: name its namespace too`);
}

function loadedPool(key: PoolKey, { pools }: Snapshot): Pool | Rejection {
  return pools.get(key) ?? notLoaded(key);
}

function notLoaded(name: string): Rejection {
  return reject('no_endpoint', `the InferencePool ${name} is not loaded`);
}
