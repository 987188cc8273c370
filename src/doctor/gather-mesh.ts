import { z } from 'zod';
import { getJson, type Patience } from '../sources/kubernetes/answer.ts';
import { createOpenApi, type OpenApi } from '../sources/kubernetes/api-server.ts';
import type { ClusterAccess } from '../sources/kubernetes/cluster-access.ts';
import { type EnvoyFilterFact, type MeshFacts, ROOT_NAMESPACE } from './mesh.ts';
import {
  readDestinationRule,
  readEnvoyFilter,
  readPeerAuthentication,
  readSidecar,
  type SelectingFilter,
} from './read-mesh.ts';

/** Which cluster is asked about its mesh, and whose pods matter. */
export interface MeshQuestion {
  readonly access: ClusterAccess;
  /** Of the pools. */
  readonly namespaces: Iterable<string>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 5_000;
/** Served by every release of Istio. */
const NETWORKING = '/apis/networking.istio.io';
const SECURITY = '/apis/security.istio.io';
/** Istio puts it on pods whose sidecar takes mTLS. */
const SIDECAR_LABEL = 'security.istio.io/tlsMode=istio';

/** Reads what the cluster says of its mesh; a cluster without Istio's kinds has none. */
export async function gatherMesh({ access, namespaces, signal }: MeshQuestion): Promise<MeshFacts> {
  const ask = asker(createOpenApi(access), { timeoutMs: TIMEOUT_MS, signal });
  try {
    const filters = await ask(`${NETWORKING}/v1alpha3/envoyfilters`);
    if (filters === undefined) return { kind: 'none' };
    const [rules = [], policies = []] = await Promise.all([
      ask(`${NETWORKING}/v1beta1/destinationrules`),
      ask(`${SECURITY}/v1beta1/peerauthentications`),
    ]);
    const query = new URLSearchParams({ labelSelector: SIDECAR_LABEL });
    const pods = [...namespaces].map((namespace) => ask(`/api/v1/namespaces/${namespace}/pods?${query}`));
    const selecting = filters.flatMap((each) => readEnvoyFilter(each) ?? []);
    return {
      kind: 'mesh',
      destinationRules: rules.flatMap((each) => readDestinationRule(each) ?? []),
      peerAuthentications: policies.flatMap((each) => readPeerAuthentication(each) ?? []),
      envoyFilters: await Promise.all(selecting.map((filter) => withPods(filter, ask))),
      sidecars: (await Promise.all(pods)).flat().flatMap((each) => readSidecar(each) ?? []),
    };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', problem: error.message };
    throw error;
  }
}

/** Lists the objects at a path; undefined if there is no such kind. */
type Ask = (path: string) => Promise<readonly unknown[] | undefined>;

class Unreadable extends Error {}

const list = z.object({ items: z.array(z.unknown()) });
const NOT_FOUND = 404;

function asker(open: OpenApi, patience: Patience): Ask {
  return async (path) => {
    const answer = await getJson(open, path, patience);
    if (answer.kind === 'refused' && answer.status === NOT_FOUND) return undefined;
    if (answer.kind !== 'ok') throw new Unreadable(`${path}: ${answer.message}`);
    return list.safeParse(answer.value).data?.items ?? [];
  };
}

async function withPods({ selectors, ...filter }: SelectingFilter, ask: Ask): Promise<EnvoyFilterFact> {
  const where = filter.namespace === ROOT_NAMESPACE ? '' : `/namespaces/${filter.namespace}`;
  const found = await Promise.all(
    selectors.map((labels) => {
      const labelSelector = [...labels].map(([key, value]) => `${key}=${value}`).join(',');
      return ask(`/api/v1${where}/pods?${new URLSearchParams({ labelSelector, limit: '1' })}`);
    }),
  );
  return { ...filter, selectsPods: found.some((pods) => pods !== undefined && pods.length > 0) };
}
