import { type Finding, findingsOf, listOf } from './finding.ts';
import { type EnvoyFilterFact, type Mesh, ROOT_NAMESPACE } from './mesh.ts';

const { ok, fault } = findingsOf('EnvoyFilter');

/** Says which EnvoyFilters no proxy took; `filters` are those that the examined Envoy has, if one was. */
export function checkEnvoyFilters(
  { envoyFilters }: Mesh,
  filters: ReadonlySet<string> | undefined,
): readonly Finding[] {
  return envoyFilters.map((each) => checkFilter(each, filters));
}

function checkFilter(fact: EnvoyFilterFact, filters: ReadonlySet<string> | undefined): Finding {
  const name = `${fact.namespace}/${fact.name}`;
  if (!fact.selectsPods) {
    const where =
      fact.namespace === ROOT_NAMESPACE ? 'of any namespace' : `of the namespace ${fact.namespace}`;
    return fault(
      `${name} selects no pod ${where}, so no proxy takes it`,
      `put it in the namespace of the gateway’s pods or in ${ROOT_NAMESPACE}, and make its workloadSelector their labels`,
    );
  }
  const missing = filters === undefined ? [] : fact.adds.filter((each) => !filters.has(each));
  if (missing.length > 0) {
    return fault(
      `${name} is not in this Envoy, which has no filter ${listOf(missing)}`,
      'match filters by their full names (envoy.filters.http.router), ports by those of the pods, and no proxyVersion of another release; istioctl proxy-status says if Envoy refused it',
    );
  }
  return ok(`${name} selects pods${filters === undefined ? '' : ', and this Envoy has what it adds'}`);
}
