import { ADMIN_FLAGS } from './admin-flags.ts';
import { readBodyMode, readDnsTarget, readEndpointList, readIp } from './domain-values.ts';
import { flag, optional, repeatable } from './flag.ts';
import {
  parseBoolean,
  parseBytes,
  parseChoice,
  parseDuration,
  parseInteger,
  parseNumber,
  parsePort,
  parseText,
} from './values.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Every flag of `serin serve`; the keys are the fields of the config. Names are those of the Go pickers. */
export const FLAGS = {
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
  bindAddress: optional('bind-address', readIp, {
    placeholder: 'IP',
    help: 'address that every port but that of --admin-address listens on; every address if not given',
  }),
  grpcPort: flag('grpc-port', parsePort, {
    fallback: '9002',
    placeholder: 'PORT',
    help: 'ext_proc, health and reflection',
  }),
  transport: flag('transport', parseChoice(['native', 'grpc-js']), {
    fallback: 'native',
    placeholder: 'native|grpc-js',
    help: 'the HTTP/2 and gRPC server: the own one, or that of the library grpc-js',
  }),
  grpcHealthPort: flag('grpc-health-port', parsePort, {
    fallback: '9003',
    placeholder: 'PORT',
    help: 'gRPC health, always plaintext',
  }),
  metricsPort: flag('metrics-port', parsePort, {
    fallback: '9090',
    placeholder: 'PORT',
    help: '/metrics, /healthz and /readyz over HTTP',
  }),
  ...ADMIN_FLAGS,
  secureServing: flag('secure-serving', parseBoolean, {
    fallback: 'true',
    placeholder: '',
    help: 'TLS on --grpc-port, with a certificate made at the start unless --cert-path is given',
  }),
  certPath: optional('cert-path', parseText, {
    placeholder: 'FOLDER',
    help: 'tls.crt and tls.key, read again when rotated',
  }),
  clientCa: optional('client-ca', parseText, {
    placeholder: 'FILE',
    help: 'PEM; clients of --grpc-port need a certificate of this authority',
  }),
  bodyMode: optional('body-mode', readBodyMode, {
    placeholder: 'MODE',
    help: 'request body mode of data planes that do not announce it',
  }),
  responseBodyMode: optional('response-body-mode', readBodyMode, {
    placeholder: 'MODE',
    help: 'response body mode of data planes that do not announce it',
  }),
  unknownModel: flag('unknown-model', parseChoice(['reject', 'pass']), {
    fallback: 'reject',
    placeholder: 'reject|pass',
    help: 'a model that neither an object nor a pod knows: 404, or passed on',
  }),
  directModels: flag('direct-models', parseChoice(['all', 'none']), {
    fallback: 'all',
    placeholder: 'all|none',
    help: 'whether adapters and base models may be asked for by their own names',
  }),
  fallbackEndpoints: flag('fallback-endpoints', parseInteger(0, 16), {
    fallback: '0',
    placeholder: 'N',
    help: 'further pods to name for retries; only for data planes with override_host',
  }),
  queueThreshold: flag('queue-threshold', parseInteger(0, 1_000_000), {
    fallback: '5',
    placeholder: 'N',
    help: 'a pod with more requests waiting counts as busy',
  }),
  kvThreshold: flag('kv-threshold', parseNumber(0, 1), {
    fallback: '0.8',
    placeholder: '0..1',
    help: 'a pod with more of its KV cache in use counts as busy',
  }),
  refreshMetricsInterval: flag('refresh-metrics-interval', parseDuration(10), {
    fallback: '50ms',
    placeholder: 'DURATION',
    help: 'between scrapes of a pod that has work; idle pods are scraped less often',
  }),
  metricsStalenessThreshold: flag('metrics-staleness-threshold', parseDuration(10), {
    fallback: '2s',
    placeholder: 'DURATION',
    help: 'older figures count as stale, and their pods come last',
  }),
  scrapeTimeout: flag('scrape-timeout', parseDuration(10), {
    fallback: '1s',
    placeholder: 'DURATION',
    help: 'a scrape that takes longer has failed; two in a row take the pod out',
  }),
  modelServerApiKeyFile: optional('model-server-api-key-file', parseText, {
    placeholder: 'FILE',
    help: "the key that the pods' /v1/models wants; read again at every use",
  }),
  modelServerMetricsScheme: flag('model-server-metrics-scheme', parseChoice(['http', 'https']), {
    fallback: 'http',
    placeholder: 'http|https',
    help: 'how pods are asked for their metrics and models',
  }),
  modelServerMetricsHttpsInsecureSkipVerify: flag(
    'model-server-metrics-https-insecure-skip-verify',
    parseBoolean,
    {
      fallback: 'true',
      placeholder: '',
      help: 'ask pods whatever their certificate; with --model-server-ca-file it only need not name their address',
    },
  ),
  modelServerCaFile: optional('model-server-ca-file', parseText, {
    placeholder: 'FILE',
    help: "PEM; the pods' certificates have to be of this authority",
  }),
  modelServerClientCertFile: optional('model-server-client-cert-file', parseText, {
    placeholder: 'FILE',
    help: 'PEM; the certificate that is shown to pods; read again for each connection',
  }),
  modelServerClientKeyFile: optional('model-server-client-key-file', parseText, {
    placeholder: 'FILE',
    help: 'PEM; the key of --model-server-client-cert-file',
  }),
  decisionTimeout: flag('decision-timeout', parseDuration(1), {
    fallback: '1s',
    placeholder: 'DURATION',
    help: 'from having all that a decision needs to the reply; then 503',
  }),
  bodyIdleTimeout: flag('body-idle-timeout', parseDuration(1), {
    fallback: '30s',
    placeholder: 'DURATION',
    help: 'between two body messages; then 408',
  }),
  maxBodyBytes: flag('max-body-bytes', parseBytes(KIB, GIB), {
    fallback: '10MiB',
    placeholder: 'BYTES',
    help: 'a larger request body is 413',
  }),
  maxBufferedBytes: flag('max-buffered-bytes', parseBytes(KIB, 1024 * GIB), {
    fallback: '256MiB',
    placeholder: 'BYTES',
    help: 'all request bodies that are held at once; past it 429',
  }),
  maxStreams: flag('max-streams', parseInteger(1, 10_000_000), {
    fallback: '100000',
    placeholder: 'N',
    help: 'requests that are open at once; past it 429',
  }),
  maxConnections: flag('max-connections', parseInteger(1, 1_000_000), {
    fallback: '4096',
    placeholder: 'N',
    help: 'connections of --grpc-port that are open at once; more are closed; not for --transport=grpc-js',
  }),
  grpcMaxRecvMsgSize: optional('grpc-max-recv-msg-size', parseBytes(64 * KIB, 2 * GIB - 1), {
    placeholder: 'BYTES',
    help: 'largest gRPC message; up to twice as long ones are answered with 413; default: --max-body-bytes and 1 MiB',
  }),
  drainDelay: flag('drain-delay', parseDuration(0), {
    fallback: '5s',
    placeholder: 'DURATION',
    help: 'after SIGTERM: how long new streams are still answered',
  }),
  drainTimeout: flag('drain-timeout', parseDuration(0), {
    fallback: '10m',
    placeholder: 'DURATION',
    help: 'after the drain delay: how long open streams may run on',
  }),
  verbosity: flag('v', parseInteger(0, 10), {
    fallback: '2',
    placeholder: 'N',
    help: 'log level: 1 warnings, 2 info, 4 each request, 5 debug',
  }),
  checkConfig: flag('check-config', parseBoolean, {
    fallback: 'false',
    placeholder: '',
    help: 'check the flags and exit',
  }),
} as const;
