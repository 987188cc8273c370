import type { HostPort } from '../sources/endpoints/host-port.ts';

/** How a DestinationRule has a host spoken to. */
export interface DestinationRuleFact {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  /** Undefined if it says nothing of TLS. */
  readonly tls: TlsSettings | undefined;
  /** Of the ports that have settings of their own, which take over nothing from the host's. */
  readonly tlsByPort: ReadonlyMap<number, TlsSettings | undefined>;
}

/** The part of `trafficPolicy` that says how to encrypt. */
export interface TlsSettings {
  readonly mode: string;
  /** Whether any certificate is taken. */
  readonly skipsVerify: boolean;
  /** Whether it names the authority. */
  readonly namesAuthority: boolean;
}

/** What a PeerAuthentication demands of those who call. */
export interface PeerAuthenticationFact {
  readonly namespace: string;
  readonly name: string;
  /** Empty for all pods of its namespace. */
  readonly labels: ReadonlyMap<string, string>;
  readonly mode: string | undefined;
  readonly modeByPort: ReadonlyMap<number, string>;
}

/** An EnvoyFilter that has to do with Serin. */
export interface EnvoyFilterFact {
  readonly namespace: string;
  readonly name: string;
  /** Whether some pod is one that it selects, where it is looked for. */
  readonly selectsPods: boolean;
  /** The HTTP filters that it adds. */
  readonly adds: readonly string[];
  /** What it says that the picker is. */
  readonly pickers: readonly HostPort[];
}

/** A pod with a sidecar. */
export interface SidecarFact {
  readonly namespace: string;
  readonly ip: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** What the cluster says of its mesh. */
export type MeshFacts =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly problem: string }
  | {
      readonly kind: 'mesh';
      readonly destinationRules: readonly DestinationRuleFact[];
      readonly peerAuthentications: readonly PeerAuthenticationFact[];
      readonly envoyFilters: readonly EnvoyFilterFact[];
      /** In the namespaces of the pools. */
      readonly sidecars: readonly SidecarFact[];
    };

/** A mesh that could be read. */
export type Mesh = Extract<MeshFacts, { readonly kind: 'mesh' }>;

/** Where Istio looks for what counts in every namespace, unless its configuration names another one. */
export const ROOT_NAMESPACE = 'istio-system';

/** Reads the name of a cluster that Istio made, `outbound|PORT|SUBSET|HOST`. */
export function readMeshCluster(name: string): HostPort | undefined {
  const [direction, port, , host] = name.split('|');
  return direction === 'outbound' && host !== undefined ? { host, port: Number(port) } : undefined;
}
