import type { Conflict } from '../core/conflict.ts';
import type { Pool, Snapshot } from '../core/snapshot.ts';
import { objectId } from '../sources/policy/object-id.ts';
import { formatPlace } from '../sources/problems/problem.ts';
import { type Finding, findingsOf, listOf } from './finding.ts';

/** What `serin serve` would know with the same flags. */
export interface PolicyFacts {
  readonly snapshot: Snapshot;
  readonly conflicts: readonly Conflict[];
  /** What is wrong with objects and files, each as one line. */
  readonly problems: readonly string[];
  /** Sources that were not read, with the reason. */
  readonly unread: readonly { readonly source: string; readonly reason: string }[];
}

const { ok, warning, fault } = findingsOf('policy');

/** Says what is wrong with sources, objects and pools. */
export function checkPolicy({ snapshot, conflicts, problems, unread }: PolicyFacts): readonly Finding[] {
  const pools = [...snapshot.pools.values()];
  return [
    ...unread.map(({ source, reason }) =>
      fault(`${source}: not read (${reason})`, `make what the flags name for ${source} readable from here`),
    ),
    ...problems.map((problem) =>
      fault(problem, 'correct the object; until then its last good version or nothing is in force'),
    ),
    ...conflicts.map(({ model, winner, loser }) =>
      warning(
        `${objectId(loser)} (${formatPlace(loser.place)}): ${model} is taken by ${objectId(winner)}`,
        'delete one of the two, or give it another name',
      ),
    ),
    ...(pools.length === 0 && unread.length === 0
      ? [fault('there is no InferencePool', 'apply one, or correct --pool-name and --pool-namespace')]
      : pools.map(checkPool)),
  ];
}

function checkPool({ key, endpoints, rules, anyRule }: Pool): Finding {
  if (endpoints.length === 0) {
    return fault(
      `the InferencePool ${key} has no pod that is ready`,
      'compare its selector with the labels of the pods (kubectl get pods --show-labels), and see why they are not Ready',
    );
  }
  const names = [...rules.keys(), ...(anyRule === undefined ? [] : ['*'])];
  const models = names.length === 0 ? 'none' : listOf(names);
  return ok(`the InferencePool ${key}: endpoints ${endpoints.length}, models ${models}`);
}
