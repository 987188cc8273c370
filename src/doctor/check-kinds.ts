import type { Found } from '../sources/kubernetes/discovery.ts';
import type { ReadKind } from '../sources/kubernetes/resource.ts';
import { type Finding, findingsOf, listOf } from './finding.ts';

/** One kind that Serin reads, and what the cluster says of it. */
export interface KindFact {
  readonly kind: ReadKind;
  readonly found: Found;
}

const { ok, warning, fault } = findingsOf('CRDs');
const INSTALL = 'kubectl create -k manifests/crds';

/** Says which kinds the cluster has, in which version each is read, and what is lost without the others. */
export function checkKinds(facts: readonly KindFact[]): readonly Finding[] {
  const problems = facts.flatMap(({ found }) => (found.kind === 'unknown' ? [found.problem] : []));
  if (facts.length > 0 && problems.length === facts.length) return [noAnswer(problems[0] ?? '')];
  const unsure = facts.some(({ found }) => found.kind === 'unknown' || found.kind === 'forbidden');
  return [...facts.map(checkKind), ...(unsure ? [] : [...checkPools(facts), ...checkSplits(facts)])];
}

function noAnswer(problem: string): Finding {
  return fault(
    `the API server tells of no kind (${problem})`,
    'make it reachable from here, and its certificate and credentials in the kubeconfig valid',
  );
}

function checkKind({ kind, found }: KindFact): Finding {
  const name = `${kind.kind} of ${kind.group}`;
  switch (found.kind) {
    case 'served':
      return ok(`${name}: ${found.resource.version} is read`);
    case 'absent':
      return ok(`${name}: not in the cluster in ${kind.versions.join(' or ')}, so it counts as empty`);
    case 'forbidden':
      return fault(
        `${name}: discovery is forbidden`,
        'bind the ClusterRole system:discovery to the group system:authenticated',
      );
    case 'unknown':
      return fault(
        `${name}: the API server does not tell (${found.problem})`,
        'look whether the API server is well: kubectl get --raw /readyz?verbose',
      );
  }
}

function checkPools(facts: readonly KindFact[]): readonly Finding[] {
  const pools = facts.filter(({ kind }) => kind.kind === 'InferencePool');
  if (pools.length === 0 || pools.some(({ found }) => found.kind === 'served')) return [];
  return [fault('no InferencePool of any generation is served', `${INSTALL}, or use --endpoint-selector`)];
}

function checkSplits(facts: readonly KindFact[]): readonly Finding[] {
  const kinds = ['InferenceModel', 'InferenceModelRewrite'];
  const splits = facts.filter(({ kind }) => kinds.includes(kind.kind));
  if (splits.some(({ found }) => found.kind === 'served')) return [];
  return [
    warning(
      `no kind that splits a model name is served: ${listOf(kinds)}`,
      `${INSTALL}, or give them as files with --manifests`,
    ),
  ];
}
