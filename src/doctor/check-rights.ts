import { type Finding, findingsOf, listOf } from './finding.ts';

/** One right that Serin needs, and whether the API server grants it. */
export interface RightFact {
  readonly group: string;
  readonly plural: string;
  /** All namespaces if undefined. */
  readonly namespace: string | undefined;
  readonly verb: 'list' | 'watch';
  readonly answer: RightAnswer;
}

/** What the API server says of a right. */
export type RightAnswer =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'unknown'; readonly problem: string };

const { ok, fault } = findingsOf('RBAC');

/** Says which verbs on which resources `subject` lacks, each as the rule that would grant them. */
export function checkRights(subject: string, facts: readonly RightFact[]): readonly Finding[] {
  const byResource = Map.groupBy(facts, ({ group, plural, namespace }) =>
    JSON.stringify([group, plural, namespace]),
  );
  const lacking = [...byResource.values()].flatMap((rights) => checkResource(subject, rights));
  const namespaces = [...new Set(facts.map(({ namespace }) => placeOf(namespace)))];
  if (lacking.length > 0 || facts.length === 0) return lacking;
  const { size } = new Set(facts.map(({ group, plural }) => `${plural}.${group}`));
  return [ok(`${subject} may list and watch all ${size} resources in ${listOf(namespaces)}`)];
}

function checkResource(subject: string, rights: readonly RightFact[]): readonly Finding[] {
  const [first] = rights;
  const denied = rights.filter(({ answer }) => answer.kind === 'denied').map(({ verb }) => verb);
  const [problem] = rights.flatMap(({ answer }) => (answer.kind === 'unknown' ? [answer.problem] : []));
  if (first === undefined) return [];
  const { group, plural, namespace } = first;
  const resource = group === '' ? plural : `${plural}.${group}`;
  if (denied.length > 0) {
    const role = namespace === undefined ? 'a ClusterRole' : `a Role in ${namespace}`;
    const rule = `{apiGroups: ["${group}"], resources: [${plural}], verbs: [list, watch]}`;
    return [
      fault(
        `${subject} may not ${denied.join(' and ')} ${resource} in ${placeOf(namespace)}`,
        `add ${rule} to ${role} that is bound to it`,
      ),
    ];
  }
  if (problem === undefined) return [];
  return [
    fault(
      `whether ${subject} may read ${resource} cannot be asked: ${problem}`,
      'run the doctor as a user who may create subjectaccessreviews (selfsubjectaccessreviews for oneself)',
    ),
  ];
}

function placeOf(namespace: string | undefined): string {
  return namespace === undefined ? 'all namespaces' : `the namespace ${namespace}`;
}
