import { describe, expect, test } from 'vitest';
import { type Config, parseConfig } from '../../src/config/config.ts';

const LEAST = ['--endpoints', '10.0.0.1:8000'];

function configOf(argv: readonly string[], env: { readonly [name: string]: string } = {}): Config {
  const parsed = parseConfig(argv, env);
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

function problemsOf(argv: readonly string[], env: { readonly [name: string]: string } = {}) {
  const parsed = parseConfig(argv, env);
  return parsed.kind === 'invalid' ? parsed.problems : [];
}

test('every setting has a default but the pods', () => {
  expect(configOf(LEAST)).toEqual({
    manifests: [],
    allowDebugHeader: false,
    logFormat: undefined,
    recentDecisions: 1000,
    recentDecisionsRate: 50,
    requestLogRate: 100,
    endpoints: [{ name: '10.0.0.1:8000', ip: '10.0.0.1', port: 8000, labels: undefined }],
    endpointsFile: undefined,
    endpointsDns: undefined,
    poolName: undefined,
    poolNamespace: 'default',
    allPools: false,
    namespaces: [],
    peers: [],
    kubeconfig: undefined,
    endpointSelector: undefined,
    endpointTargetPorts: [],
    writeStatus: false,
    bindAddress: undefined,
    grpcPort: 9002,
    injectIncludeUsage: false,
    grpcHealthPort: 9003,
    metricsPort: 9090,
    adminAddress: undefined,
    adminAuth: 'none',
    adminHosts: [],
    secureServing: true,
    certPath: undefined,
    clientCa: undefined,
    cutThrough: true,
    prefixAffinity: true,
    bodyMode: undefined,
    responseBodyMode: undefined,
    stickySessions: false,
    transport: 'native',
    unknownModel: 'reject',
    directModels: 'all',
    missingTarget: 'redistribute',
    fallbackTarget: undefined,
    fallbackEndpoints: 0,
    queueThreshold: 5,
    kvThreshold: 0.8,
    refreshMetricsInterval: 50,
    metricsStalenessThreshold: 2_000,
    scrapeTimeout: 1_000,
    modelServerApiKeyFile: undefined,
    modelServerMetricsPath: '/metrics',
    modelServerMetricsScheme: 'http',
    modelServerMetricsHttpsInsecureSkipVerify: true,
    modelServerCaFile: undefined,
    modelServerClientCertFile: undefined,
    modelServerClientKeyFile: undefined,
    responseSignals: 'stream',
    maxLogStreams: 4096,
    decisionTimeout: 1_000,
    bodyIdleTimeout: 30_000,
    maxBodyBytes: 10_485_760,
    maxBufferedBytes: 268_435_456,
    maxConnections: 4096,
    maxStreams: 100_000,
    grpcMaxRecvMsgSize: undefined,
    drainDelay: 5_000,
    drainTimeout: 600_000,
    verbosity: 2,
    checkConfig: false,
    compatMetrics: true,
  });
});

test('flags are read, the last one counting, and lists of paths in their order', () => {
  const argv = [
    ...LEAST,
    ...['--manifests', 'a.yaml', '--manifests=b,c.yaml', '--grpc-port=1', '--grpc-port', '2'],
    ...['--secure-serving=false', '--bind-address', '::0001', '--body-mode', 'FULL_DUPLEX_STREAMED'],
    ...['--refresh-metrics-interval=100ms', '--max-body-bytes=1MiB', '--unknown-model=pass', '-v', '4'],
  ];
  expect(configOf(argv)).toMatchObject({
    manifests: ['a.yaml', 'b', 'c.yaml'],
    grpcPort: 2,
    secureServing: false,
    bindAddress: '::1',
    bodyMode: 'full-duplex',
    refreshMetricsInterval: 100,
    maxBodyBytes: 1_048_576,
    unknownModel: 'pass',
    verbosity: 4,
  });
});

describe('the environment', () => {
  test('gives what no flag gives', () => {
    const env = { SERIN_GRPC_PORT: '1', SERIN_METRICS_PORT: '2', SERIN_ENDPOINTS_DNS: 'pods:8000' };
    expect(configOf(['--grpc-port=3'], env)).toMatchObject({
      grpcPort: 3,
      metricsPort: 2,
      endpointsDns: { host: 'pods', port: 8000 },
    });
  });

  test('is passed over where it is empty or a link that Kubernetes made for a Service', () => {
    const env = { SERIN_POOL_NAME: '', SERIN_GRPC_PORT: 'tcp://10.96.0.7:9002' };
    expect(configOf(LEAST, env)).toMatchObject({ poolName: undefined, grpcPort: 9002 });
  });

  test('is named where it is wrong', () => {
    expect(problemsOf(LEAST, { SERIN_GRPC_PORT: 'many' })).toEqual([
      'SERIN_GRPC_PORT=many: a whole number from 0 to 65535 expected',
    ]);
  });
});

test('TLS files for pods need the scheme, and a certificate its key', () => {
  expect(problemsOf([...LEAST, '--model-server-ca-file=ca'])).toEqual([
    '--model-server-…-file: need --model-server-metrics-scheme=https',
  ]);
  const https = [...LEAST, '--model-server-metrics-scheme=https'];
  expect(problemsOf([...https, '--model-server-client-cert-file=c'])).toEqual([
    '--model-server-client-cert-file and --model-server-client-key-file: need each other',
  ]);
  expect(problemsOf([...https, '--model-server-ca-file=ca'])).toEqual([]);
});

test('wants a fallback target exactly where missing targets fall back to it', () => {
  const problem = ['--missing-target=fallback and --fallback-target: need each other'];
  expect(problemsOf([...LEAST, '--missing-target=fallback'])).toEqual(problem);
  expect(problemsOf([...LEAST, '--fallback-target=base'])).toEqual(problem);
  expect(problemsOf([...LEAST, '--missing-target=fail', '--fallback-target=base'])).toEqual(problem);
  expect(problemsOf([...LEAST, '--missing-target=fallback', '--fallback-target=base'])).toEqual([]);
});

test('everything that is wrong is told at once', () => {
  expect(
    problemsOf([
      ...['stray', '--grpc-prot=1', '--frobnicate', '--kv-threshold=2', '--endpoints=vllm.local:8000'],
      ...['--endpoints-dns=pods', '--bind-address=localhost', '--drain-delay=5', '--secure-serving=maybe'],
      ...['--max-buffered-bytes=1MiB', '--metrics-port=9002', '--pool-name'],
    ]),
  ).toEqual([
    'stray: no flag; flags begin with --',
    '--grpc-prot: no such flag; is it --grpc-port?',
    '--frobnicate: no such flag',
    '--endpoints=vllm.local:8000: vllm.local:8000: is not an IP address; use --endpoints-dns',
    '--endpoints-dns=pods: name:port expected',
    '--pool-name=: a value is missing',
    '--bind-address=localhost: an IP address expected',
    '--secure-serving=maybe: true or false expected',
    '--kv-threshold=2: a number from 0 to 1 expected',
    '--drain-delay=5: a duration such as 50ms, 2s or 1m30s expected',
    '--max-buffered-bytes: smaller than --max-body-bytes (10485760), so that limit could not be reached',
    '--grpc-port, --grpc-health-port and --metrics-port: must differ',
  ]);
});

test('flags that contradict each other are refused', () => {
  expect(problemsOf([])).toEqual([
    'no pods: give --pool-name in a cluster, or --endpoints, --endpoints-file or --endpoints-dns',
  ]);
  expect(problemsOf([...LEAST, '--secure-serving=false', '--client-ca=ca.pem'])).toEqual([
    '--secure-serving=false: --cert-path and --client-ca need TLS',
  ]);
  expect(problemsOf([...LEAST, '--grpc-max-recv-msg-size=1MiB'])).toEqual([
    '--grpc-max-recv-msg-size: smaller than --max-body-bytes (10485760), so that limit could not be reached',
  ]);
  expect(problemsOf([...LEAST, '--grpc-port=0', '--grpc-health-port=0', '--metrics-port=0'])).toEqual([]);
});

test('flags of the Go pickers without meaning here are taken with one warning each', () => {
  const argv = ['--zap-encoder=json', '--tracing=false', '--tracing', 'false', '--pool-group', 'x', '--v=1'];
  const parsed = parseConfig([...LEAST, ...argv, '-configFile', 'x', '--ha-enable-leader-election'], {});
  expect(parsed.kind === 'ok' ? parsed.warnings : parsed.problems).toEqual([
    '--zap-encoder has no meaning here and is passed over',
    '--tracing has no meaning here and is passed over',
    '--pool-group has no meaning here and is passed over',
    '--config-file has no meaning here and is passed over',
    '--ha-enable-leader-election has no meaning here and is passed over',
  ]);
});
