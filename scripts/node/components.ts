import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DNS_ADDRESS, NODE_ADDRESS, NODE_NAME, PAUSE_IMAGE, POD_RANGE } from './settings.ts';

/** A program of the node with its arguments. */
export interface Component {
  readonly path: string;
  readonly args: readonly string[];
}

/** What the components are started with. */
export interface ComponentOptions {
  /** The folder of the programs of Kubernetes. */
  readonly binaries: string;
  /** Where the components keep what they write. */
  readonly folder: string;
  /** The API server's certificate and the key of service accounts. */
  readonly secrets: string;
  /** Writes the kubeconfig of a user and gives its path. */
  readonly kubeconfig: (user: string) => Promise<string>;
}

const CONTAINERD = (folder: string) => `
version = 2
root = "${folder}/containerd"
state = "${folder}/containerd-state"
[grpc]
  address = "${folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Without CAP_SYS_RESOURCE the score can only be raised.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
`;

/** The container runtime; it listens on `containerd.sock`. */
export async function containerd(folder: string): Promise<Component> {
  const config = join(folder, 'containerd.toml');
  await writeFile(config, CONTAINERD(folder));
  return { path: 'containerd', args: ['--config', config] };
}

/** The users that the components log in as, with the groups that give them their rights. */
export const COMPONENT_USERS = [
  { name: 'system:kube-controller-manager' },
  { name: 'system:kube-scheduler' },
  { name: 'system:kube-proxy' },
  { name: `system:node:${NODE_NAME}`, groups: ['system:nodes'] },
];

/** The controllers, the scheduler, the proxy of Services and the kubelet. */
export async function kubernetesComponents(options: ComponentOptions): Promise<readonly Component[]> {
  return [
    await controllerManager(options),
    await scheduler(options),
    await kubeProxy(options),
    await kubelet(options),
  ];
}

async function controllerManager({ binaries, secrets, kubeconfig }: ComponentOptions): Promise<Component> {
  return {
    path: join(binaries, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${await kubeconfig('system:kube-controller-manager')}`,
      `--service-account-private-key-file=${join(secrets, 'service-account.key')}`,
      `--root-ca-file=${join(secrets, 'apiserver.crt')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--cert-dir=${secrets}/controller-manager`,
    ],
  };
}

async function scheduler({ binaries, secrets, kubeconfig }: ComponentOptions): Promise<Component> {
  return {
    path: join(binaries, 'kube-scheduler'),
    args: [
      `--kubeconfig=${await kubeconfig('system:kube-scheduler')}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--cert-dir=${secrets}/scheduler`,
    ],
  };
}

async function kubeProxy({ binaries, folder, kubeconfig }: ComponentOptions): Promise<Component> {
  const config = join(folder, 'kube-proxy.yaml');
  const content = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: await kubeconfig('system:kube-proxy') },
    mode: 'iptables',
    clusterCIDR: POD_RANGE,
    hostnameOverride: NODE_NAME,
    // The kernel's table has one size for all namespaces, which nobody may change here.
    conntrack: { maxPerCore: 0, min: 0 },
    iptables: { syncPeriod: '30s', minSyncPeriod: '100ms' },
  };
  await writeFile(config, stringify(content));
  return { path: join(binaries, 'kube-proxy'), args: [`--config=${config}`] };
}

async function kubelet({ binaries, folder, kubeconfig }: ComponentOptions): Promise<Component> {
  const config = join(folder, 'kubelet.yaml');
  const content = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // Only this machine gets to it, and the API server brings no certificate of its own.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${folder}/containerd.sock`,
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: 'cluster.local',
    resolvConf: '',
    // The disk is the machine's: how full it is says nothing about this node.
    evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '0%', 'nodefs.inodesFree': '0%' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // Pods come and go in tests; the usual pace is one of five seconds and more.
    syncFrequency: '5s',
  };
  await mkdir(join(folder, 'kubelet'));
  await writeFile(config, stringify(content));
  return {
    path: join(binaries, 'kubelet'),
    args: [
      `--config=${config}`,
      `--kubeconfig=${await kubeconfig(`system:node:${NODE_NAME}`)}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_ADDRESS}`,
      `--root-dir=${join(folder, 'kubelet')}`,
      `--cert-dir=${join(folder, 'kubelet', 'pki')}`,
    ],
  };
}
