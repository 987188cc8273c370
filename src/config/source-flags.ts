import { readDnsTarget, readEndpointList } from './domain-values.ts';
import { flag, optional, repeatable } from './flag.ts';
import { parseBoolean, parseInteger, parseText } from './values.ts';

/** Flags of what is served: policy objects, pools and pods. */
export const SOURCE_FLAGS = {
  manifests: repeatable('manifests', parseText, {
    placeholder: 'PATH',
    help: 'file or folder with InferencePool, InferenceModel, InferenceModelRewrite, InferenceObjective and LLMRoute manifests; read again when edited; repeatable',
  }),
  endpoints: optional('endpoints', readEndpointList, {
    placeholder: 'IP:PORT,…',
    help: 'the pods; they belong to the only pool or to --pool-name',
  }),
  endpointsFile: optional('endpoints-file', parseText, {
    placeholder: 'FILE',
    help: 'YAML `endpoints: [{name, address, port, labels}]`; read again when edited',
  }),
  endpointsDns: optional('endpoints-dns', readDnsTarget, {
    placeholder: 'NAME:PORT',
    help: 'every address of a host name is a pod; looked up again every few seconds',
  }),
  poolName: optional('pool-name', parseText, {
    placeholder: 'NAME',
    help: 'in a cluster: the InferencePool to serve; with --endpoints…: the pool of endpoints without labels, and of all hosts if no LLMRoute is loaded',
  }),
  poolNamespace: flag('pool-namespace', parseText, {
    fallback: 'default',
    placeholder: 'NAMESPACE',
    help: 'namespace of --pool-name and of manifests that name none',
  }),
  allPools: flag('all-pools', parseBoolean, {
    fallback: 'false',
    placeholder: '',
    help: 'in a cluster: serve every InferencePool; the stream says which (x-serin-pool, :authority, LLMRoute)',
  }),
  namespaces: repeatable('namespaces', parseText, {
    placeholder: 'NAMESPACE',
    help: 'with --all-pools: only these; every namespace if not given; repeatable',
  }),
  kubeconfig: optional('kubeconfig', parseText, {
    placeholder: 'FILE',
    help: 'the cluster; if not given, the one that kubectl uses or that this pod runs in',
  }),
  endpointSelector: optional('endpoint-selector', parseText, {
    placeholder: 'SELECTOR',
    help: 'in a cluster: the pods, as `kubectl -l` takes them, in --pool-namespace; no InferencePool is needed',
  }),
  endpointTargetPorts: repeatable('endpoint-target-ports', parseInteger(1, 65_535), {
    placeholder: 'PORT,…',
    help: 'ports of the pods of --endpoint-selector',
  }),
  writeStatus: flag('write-status', parseBoolean, {
    fallback: 'false',
    placeholder: '',
    help: 'in a cluster: write conditions on InferenceModel and InferenceModelRewrite, by one replica at a time; needs more rights',
  }),
} as const;
