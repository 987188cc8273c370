import { z } from 'zod';
import type { HostPort } from '../sources/endpoints/host-port.ts';
import {
  type DestinationRuleFact,
  type EnvoyFilterFact,
  type PeerAuthenticationFact,
  readMeshCluster,
  type SidecarFact,
  type TlsSettings,
} from './mesh.ts';

const metadata = z.object({ name: z.string(), namespace: z.string() });
const labels = z.record(z.string(), z.string()).default({});

const tls = z.object({
  mode: z.string().default('DISABLE'),
  insecureSkipVerify: z.boolean().nullish(),
  caCertificates: z.string().optional(),
  credentialName: z.string().optional(),
});
const port = z.object({ port: z.object({ number: z.number() }), tls: tls.optional() });
const destinationRule = z.object({
  metadata,
  spec: z.object({
    host: z.string(),
    trafficPolicy: z.object({ tls: tls.optional(), portLevelSettings: z.array(port).default([]) }).optional(),
  }),
});

/** Reads a DestinationRule as the API server has it. */
export function readDestinationRule(value: unknown): DestinationRuleFact | undefined {
  const read = destinationRule.safeParse(value);
  if (!read.success) return undefined;
  const { host, trafficPolicy } = read.data.spec;
  const ports = trafficPolicy?.portLevelSettings ?? [];
  return {
    ...{ ...read.data.metadata, host },
    tls: trafficPolicy?.tls && settingsOf(trafficPolicy.tls),
    tlsByPort: new Map(ports.map((each) => [each.port.number, each.tls && settingsOf(each.tls)])),
  };
}

function settingsOf(read: z.infer<typeof tls>): TlsSettings {
  return {
    mode: read.mode,
    skipsVerify: read.insecureSkipVerify === true,
    namesAuthority: read.caCertificates !== undefined || read.credentialName !== undefined,
  };
}

const mtls = z.object({ mode: z.string().optional() });
const peerAuthentication = z.object({
  metadata,
  spec: z
    .object({
      selector: z.object({ matchLabels: labels }).optional(),
      mtls: mtls.optional(),
      portLevelMtls: z.record(z.string(), mtls).default({}),
    })
    .default({ portLevelMtls: {} }),
});

/** Reads a PeerAuthentication as the API server has it. */
export function readPeerAuthentication(value: unknown): PeerAuthenticationFact | undefined {
  const read = peerAuthentication.safeParse(value);
  if (!read.success) return undefined;
  const { selector, mtls: own, portLevelMtls } = read.data.spec;
  const ports = Object.entries(portLevelMtls).flatMap(([number, { mode }]) =>
    mode === undefined ? [] : [[Number(number), mode] as const],
  );
  return {
    ...read.data.metadata,
    labels: new Map(Object.entries(selector?.matchLabels ?? {})),
    mode: own?.mode,
    modeByPort: new Map(ports),
  };
}

const envoyFilter = z.object({
  metadata,
  spec: z.object({
    workloadSelector: z.object({ labels }).optional(),
    targetRefs: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
    configPatches: z
      .array(
        z.object({
          applyTo: z.string(),
          patch: z.object({ operation: z.string().optional(), value: z.unknown() }).optional(),
        }),
      )
      .default([]),
  }),
});

/** An EnvoyFilter with the labels of the pods that it is for. */
export interface SelectingFilter extends Omit<EnvoyFilterFact, 'selectsPods'> {
  /** A selector for each kind of pod that it is for; an empty one takes every pod. */
  readonly selectors: readonly ReadonlyMap<string, string>[];
}

const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** Reads an EnvoyFilter that adds ext_proc or changes its settings; undefined for any other. */
export function readEnvoyFilter(value: unknown): SelectingFilter | undefined {
  const read = envoyFilter.safeParse(value);
  if (!read.success || !JSON.stringify(read.data.spec.configPatches).includes('.ext_proc.')) return undefined;
  const { workloadSelector, targetRefs, configPatches } = read.data.spec;
  const gateways = targetRefs.flatMap(({ kind, name }) =>
    kind === 'Gateway' ? [new Map([[GATEWAY_LABEL, name]])] : [],
  );
  const added = configPatches.filter(
    ({ applyTo, patch }) => applyTo === 'HTTP_FILTER' && adds(patch?.operation),
  );
  return {
    ...read.data.metadata,
    selectors: gateways.length > 0 ? gateways : [new Map(Object.entries(workloadSelector?.labels ?? {}))],
    adds: added.flatMap(({ patch }) => nameOf(patch?.value) ?? []),
    pickers: pickersIn(configPatches.map(({ patch }) => patch?.value)),
  };
}

function adds(operation: string | undefined): boolean {
  return operation === 'ADD' || operation?.startsWith('INSERT_') === true;
}

function nameOf(value: unknown): string | undefined {
  return z.object({ name: z.string() }).safeParse(value).data?.name;
}

const service = z.object({ grpc_service: z.object({ envoy_grpc: z.object({ cluster_name: z.string() }) }) });

/** The Services that ext_proc is pointed at, wherever the patches say it. */
function pickersIn(value: unknown): readonly HostPort[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = service.safeParse(value).data?.grpc_service.envoy_grpc.cluster_name;
  const here = own === undefined ? undefined : readMeshCluster(own);
  return [...(here === undefined ? [] : [here]), ...Object.values(value).flatMap(pickersIn)];
}

const pod = z.object({
  metadata: z.object({ namespace: z.string(), labels }),
  status: z.object({ podIP: z.string() }),
});

/** Reads a pod that has an address. */
export function readSidecar(value: unknown): SidecarFact | undefined {
  const read = pod.safeParse(value);
  if (!read.success) return undefined;
  const { metadata: own, status } = read.data;
  return { namespace: own.namespace, ip: status.podIP, labels: new Map(Object.entries(own.labels)) };
}
