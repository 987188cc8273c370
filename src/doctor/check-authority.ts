import { lookupPicker } from '../core/pickers.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { POOL_METADATA } from '../extproc/keys.ts';
import type { ExtProcFact } from './envoy-facts.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { AuthorityAnswers } from './listener.ts';

/** What decides whether the `:authority` of an ext_proc filter does. */
export interface AuthorityFacts {
  readonly filter: ExtProcFact;
  readonly snapshot: Snapshot;
  /** What the running Serin answered to each authority; empty if none was asked. */
  readonly answers: AuthorityAnswers;
  /** Of the flags; it matters for what nobody has asked. */
  readonly transport: 'native' | 'grpc-js';
}

const { ok, fault } = findingsOf('authority');

/** What a host with a port is made of; HTTP/2 servers may refuse anything else. */
const HOST_PORT = /^[A-Za-z0-9._~:[\]-]+$/;

/** What Envoy sends as `:authority` of a filter's streams; undefined if the filter does not tell. */
export function authorityOf({ authority, cluster }: ExtProcFact): string | undefined {
  return authority ?? cluster;
}

/** Says whether Serin takes the `:authority`, and whether it tells the pool where that is needed. */
export function checkAuthority(facts: AuthorityFacts): readonly Finding[] {
  const { filter, snapshot, answers, transport } = facts;
  const authority = authorityOf(filter);
  if (authority === undefined) return [];
  return [
    checkTaken(authority, answers.get(authority), transport),
    ...checkPool(authority, filter, snapshot),
  ];
}

const SET = 'authority: serin in envoy_grpc of grpc_service';

function checkTaken(
  authority: string,
  answer: 'answered' | 'reset' | undefined,
  transport: AuthorityFacts['transport'],
): Finding {
  if (answer === 'reset') return fault(`Serin resets streams with the :authority ${authority}`, SET);
  if (answer === undefined && !HOST_PORT.test(authority)) {
    if (transport === 'grpc-js') {
      return fault(
        `--transport=grpc-js resets streams with the :authority ${authority}, which is no host`,
        SET,
      );
    }
    return ok(`Envoy sends the :authority ${authority}, which is no host; --transport=native takes it`);
  }
  return ok(
    `Envoy sends the :authority ${authority}${answer === 'answered' ? ', and Serin answers it' : ''}`,
  );
}

function checkPool(authority: string, { metadata }: ExtProcFact, snapshot: Snapshot): readonly Finding[] {
  const { pools, pickers, hosts, defaultPool } = snapshot;
  if (metadata.includes(POOL_METADATA)) return [];
  const pool = lookupPicker(pickers, authority);
  if (pool !== undefined) return pools.size > 1 ? [ok(`${authority} is the picker of ${pool}`)] : [];
  if (pools.size < 2 || !hosts.empty || defaultPool !== undefined) return [];
  return [
    fault(
      `there are ${pools.size} pools, and the :authority ${authority} names the Service of none`,
      'authority: SERVICE.NAMESPACE.svc.cluster.local:9002 with the Service of the pool’s endpointPickerRef, or initial_metadata x-serin-pool, or an LLMRoute for the host',
    ),
  ];
}
