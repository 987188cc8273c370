import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { clusterScope } from '../../src/config/cluster-scope.ts';
import { parseConfig } from '../../src/config/config.ts';

/** An object as helm or kustomize renders it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

const container = z.looseObject({ image: z.string(), args: z.array(z.string()) });
const podSpec = z.looseObject({ containers: z.tuple([container], container) });
const deploymentSchema = z.object({
  spec: z.looseObject({ template: z.looseObject({ spec: podSpec }) }),
});
const rule = z.looseObject({ resourceNames: z.array(z.string()).optional() });
const monitorSchema = z.looseObject({
  endpoints: z.unknown().optional(),
  selector: z.unknown(),
  podMetricsEndpoints: z.tuple([z.looseObject({ port: z.unknown() })]).optional(),
});
const roleSchema = z.object({ rules: z.tuple([rule], rule) });

/** The objects of a text. */
export function objects(text: string): readonly Manifest[] {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null);
  return documents.filter((document) => document !== null);
}

/** The one object of a kind and name. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** The `spec` of a Deployment, its pod and the first container of that. */
export function deployed(manifests: readonly Manifest[], name: string) {
  const { spec } = deploymentSchema.parse(find(manifests, 'Deployment', name));
  const pod = spec.template.spec;
  return { spec, pod, container: pod.containers[0] };
}

/** What a ServiceMonitor or PodMonitor has Prometheus read. */
export function monitored({ spec }: Manifest) {
  const { podMetricsEndpoints: pods, ...service } = monitorSchema.parse(spec);
  const { port: _, ...podEndpoint } = pods?.[0] ?? { port: undefined };
  return { ...service, podEndpoint };
}

/** The rights that a role gives. */
export function rulesOf(manifests: readonly Manifest[], kind: 'Role' | 'ClusterRole', name: string) {
  return roleSchema.parse(find(manifests, kind, name)).rules;
}

/** What Serin would read of the cluster with a command line. */
export function scopeOf([command, ...flags]: readonly string[]) {
  const parsed = parseConfig(flags, {});
  if (command !== 'serve' || parsed.kind === 'invalid')
    throw new Error(`not a command line: ${flags.join(' ')}`);
  return clusterScope(parsed.config);
}
