import { flag, optional } from './flag.ts';
import { parseBoolean, parseChoice, parseDuration, parsePath, parseText } from './values.ts';

/** Flags of how pods are asked for their metrics and models. */
export const SCRAPE_FLAGS = {
  refreshMetricsInterval: flag('refresh-metrics-interval', parseDuration(10), {
    fallback: '50ms',
    placeholder: 'DURATION',
    help: 'between scrapes of a pod that has work; idle pods are scraped every 250 ms, quiet pools every second',
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
  modelServerMetricsPath: flag('model-server-metrics-path', parsePath, {
    fallback: '/metrics',
    placeholder: 'PATH',
    help: 'where pods show their metrics',
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
} as const;
