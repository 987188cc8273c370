import { type Document, isMap, isSeq, parseDocument } from 'yaml';

/** What a run on this machine sets in a shipped Envoy config; everything else stays as shipped. */
export interface EnvoyAddresses {
  readonly listener: HostPort;
  /** Port 0 for any free one. */
  readonly adminPort: number;
  readonly serin: HostPort;
  /** The pods of a config whose Envoy knows its pods (override_host). */
  readonly pods?: readonly HostPort[];
  /** Further changes by path, such as a body mode; see `filterPath`. */
  readonly edits?: readonly ConfigEdit[];
}

/** An IP literal without brackets (or a host name) and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** One value to set (`undefined` deletes it); a string in the path stands for a key or for the list entry with that name. */
export interface ConfigEdit {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** Path of an HTTP filter's config, by the filter's name. */
export function filterPath(name: string): readonly (string | number)[] {
  const manager = ['static_resources', 'listeners', 'serin-ingress', 'filter_chains', 0, 'filters', 0];
  return [...manager, 'typed_config', 'http_filters', name, 'typed_config'];
}

/** Turns names of list entries into their positions. */
function resolvePath(document: Document, path: readonly (string | number)[]): (string | number)[] {
  const resolved: (string | number)[] = [];
  for (const step of path) {
    const parent = document.getIn(resolved);
    if (isSeq(parent) && typeof step === 'string') {
      const position = parent.items.findIndex((item) => isMap(item) && item.get('name') === step);
      if (position < 0) throw new Error(`the Envoy config has no ${step} in ${resolved.join('.')}`);
      resolved.push(position);
    } else resolved.push(step);
  }
  return resolved;
}

function socketAddress({ host, port }: HostPort): unknown {
  return { socket_address: { address: host, port_value: port } };
}

function clusterEdit(cluster: string, hosts: readonly HostPort[]): ConfigEdit {
  const value = [{ lb_endpoints: hosts.map((host) => ({ endpoint: { address: socketAddress(host) } })) }];
  return { path: ['static_resources', 'clusters', cluster, 'load_assignment', 'endpoints'], value };
}

/** Sets the addresses of one run in the text of a shipped config (`envoy/*.yaml`). */
export function renderEnvoyConfig(shipped: string, addresses: EnvoyAddresses): string {
  const document = parseDocument(shipped);
  const admin = socketAddress({ host: '127.0.0.1', port: addresses.adminPort });
  const edits: readonly ConfigEdit[] = [
    { path: ['admin', 'address'], value: admin },
    {
      path: ['static_resources', 'listeners', 'serin-ingress', 'address'],
      value: socketAddress(addresses.listener),
    },
    clusterEdit('serin', [addresses.serin]),
    ...(addresses.pods === undefined ? [] : [clusterEdit('vllm', addresses.pods)]),
    ...(addresses.edits ?? []),
  ];
  for (const { path, value } of edits) {
    const resolved = resolvePath(document, path);
    if (value === undefined) document.deleteIn(resolved);
    else document.setIn(resolved, document.createNode(value));
  }
  return String(document);
}
