import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Sent } from '../api-server.ts';
import type { Scope } from '../scope.ts';

/** Where the lease of a group of replicas is. */
export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** A lease as the server has it. */
export interface Lease {
  readonly resourceVersion: string;
  /** Empty if nobody holds it. */
  readonly holder: string;
  readonly durationMs: number;
  readonly transitions: number;
}

const MAX_NAME = 253;

/** The name on which all replicas of one scope agree, and no others. */
export function leaseNameOf(scope: Scope): string {
  if (scope.kind === 'all' && scope.namespaces.length === 0) return 'serin-status';
  const name = `serin-status-${scope.kind === 'pool' ? scope.name : digestOf(scope)}`;
  return name.length > MAX_NAME ? `serin-status-${digestOf(scope)}` : name;
}

function digestOf(scope: Scope): string {
  const parts = scope.kind === 'all' ? scope.namespaces.toSorted() : Object.values(scope);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}

const lease = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .nullish(),
});

/** Reads a lease; undefined if it is none. */
export function readLease(value: unknown): Lease | undefined {
  const read = lease.safeParse(value);
  if (!read.success) return undefined;
  const { metadata, spec } = read.data;
  return {
    resourceVersion: metadata.resourceVersion,
    holder: spec?.holderIdentity ?? '',
    durationMs: (spec?.leaseDurationSeconds ?? 0) * 1000,
    transitions: spec?.leaseTransitions ?? 0,
  };
}

type Request = Sent & { readonly path: string };

/** The path of a lease. */
export function leasePath({ namespace, name }: LeaseName): string {
  return `${collection(namespace)}/${name}`;
}

function collection(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

/** What a claim says. */
export interface Claim {
  readonly identity: string;
  readonly leaseMs: number;
  readonly at: Date;
}

/** The request that makes a lease, if there is still none. */
export function creation({ namespace, name }: LeaseName, { identity, leaseMs, at }: Claim): Request {
  const time = microTime(at);
  const spec = {
    holderIdentity: identity,
    leaseDurationSeconds: leaseMs / 1000,
    ...{ acquireTime: time, renewTime: time, leaseTransitions: 0 },
  };
  const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name }, spec };
  return {
    method: 'POST',
    path: collection(namespace),
    contentType: 'application/json',
    body: JSON.stringify(body),
  };
}

/** The request that takes or renews a lease, if it is still the one that was read. */
export function claiming(name: LeaseName, held: Lease, { identity, leaseMs, at }: Claim): Request {
  const time = microTime(at);
  const renewed = { holderIdentity: identity, leaseDurationSeconds: leaseMs / 1000, renewTime: time };
  const taken = { acquireTime: time, leaseTransitions: held.transitions + 1 };
  return merging(name, held, held.holder === identity ? renewed : { ...renewed, ...taken });
}

/** The request that gives a lease away, so that the next one need not wait until it has run out. */
export function releasing(name: LeaseName, held: Lease): Request {
  return merging(name, held, { holderIdentity: null, leaseDurationSeconds: 1 });
}

function merging(name: LeaseName, { resourceVersion }: Lease, spec: object): Request {
  return {
    method: 'PATCH',
    path: leasePath(name),
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ metadata: { resourceVersion }, spec }),
  };
}

/** Kubernetes takes times of leases with six digits of a second, and nothing else. */
function microTime(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}
