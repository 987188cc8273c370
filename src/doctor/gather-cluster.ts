import { z } from 'zod';
import { type Answer, type Patience, sendJson } from '../sources/kubernetes/answer.ts';
import { createOpenApi, type OpenApi } from '../sources/kubernetes/api-server.ts';
import type { ClusterAccess } from '../sources/kubernetes/cluster-access.ts';
import { discover } from '../sources/kubernetes/discovery.ts';
import { PODS, type Resource } from '../sources/kubernetes/resource.ts';
import { kindsOf, namespacesOf, type Scope } from '../sources/kubernetes/scope.ts';
import type { KindFact } from './check-kinds.ts';
import type { RightAnswer, RightFact } from './check-rights.ts';

/** Whose rights are asked for; without one, those of the kubeconfig's own user. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** What is asked of the cluster. */
export interface ClusterQuestion {
  readonly scope: Scope;
  readonly access: ClusterAccess;
  readonly serviceAccount: ServiceAccount | undefined;
  readonly signal: AbortSignal;
}

/** What a cluster has of what Serin reads, and what it lets be read. */
export interface ClusterFacts {
  readonly kinds: readonly KindFact[];
  readonly rights: readonly RightFact[];
  /** Whose rights these are. */
  readonly subject: string;
}

const TIMEOUT_MS = 5_000;
const REVIEWS = '/apis/authorization.k8s.io/v1';

/** Asks the API server for its kinds, and for the rights to list and watch those that it has. */
export async function gatherCluster(question: ClusterQuestion): Promise<ClusterFacts> {
  const { scope, access, serviceAccount, signal } = question;
  const open = createOpenApi(access);
  const patience = { timeoutMs: TIMEOUT_MS, signal };
  const kinds = kindsOf(scope);
  const { found } = await discover(kinds, { open, ...patience });
  const facts = kinds.map((kind) => ({ kind, found: found.get(kind) ?? ({ kind: 'absent' } as const) }));
  const served = facts.flatMap(({ found: each }) => (each.kind === 'served' ? [each.resource] : []));
  const asked = rightsOf(scope, [PODS, ...served]);
  const rights = asked.map(async (right) => ({
    ...right,
    answer: await review(open, { right, scope, serviceAccount }, patience),
  }));
  return { kinds: facts, rights: await Promise.all(rights), subject: userOf(serviceAccount) ?? 'this user' };
}

type Right = Omit<RightFact, 'answer'>;

function rightsOf(scope: Scope, resources: readonly Resource[]): readonly Right[] {
  return namespacesOf(scope).flatMap((namespace) =>
    resources.flatMap(({ group, plural }) =>
      (['list', 'watch'] as const).map((verb) => ({ group, plural, namespace, verb })),
    ),
  );
}

interface Review {
  readonly right: Right;
  readonly scope: Scope;
  readonly serviceAccount: ServiceAccount | undefined;
}

async function review(open: OpenApi, asked: Review, patience: Patience): Promise<RightAnswer> {
  const { right, scope, serviceAccount } = asked;
  const { group, plural, namespace, verb } = right;
  // A role may name the one pool that is read.
  const name = scope.kind === 'pool' && plural === 'inferencepools' ? { name: scope.name } : {};
  const resourceAttributes = {
    ...{ group, resource: plural, verb, ...name },
    ...(namespace === undefined ? {} : { namespace }),
  };
  const kind = serviceAccount === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview';
  const value = {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind },
    spec: { resourceAttributes, ...subjectOf(serviceAccount) },
  };
  const path = `${REVIEWS}/${kind.toLowerCase()}s`;
  const sent = { method: 'POST', contentType: 'application/json', body: JSON.stringify(value) } as const;
  return readReview(await sendJson(open, { path, ...sent }, patience));
}

function userOf(account: ServiceAccount | undefined): string | undefined {
  return account && `system:serviceaccount:${account.namespace}:${account.name}`;
}

/** The groups that the API server gives to a service account. */
function subjectOf(account: ServiceAccount | undefined): object {
  if (account === undefined) return {};
  const own = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  return { user: userOf(account), groups: [...own, 'system:authenticated'] };
}

const reviewed = z.object({ status: z.object({ allowed: z.boolean(), denied: z.boolean().optional() }) });

function readReview(answer: Answer): RightAnswer {
  switch (answer.kind) {
    case 'refused':
      return { kind: 'unknown', problem: `${answer.status}: ${answer.message}` };
    case 'failed':
      return { kind: 'unknown', problem: answer.message };
    case 'ok': {
      const read = reviewed.safeParse(answer.value);
      if (!read.success) return { kind: 'unknown', problem: 'the answer is no review' };
      const { allowed, denied } = read.data.status;
      return { kind: allowed && denied !== true ? 'allowed' : 'denied' };
    }
  }
}
