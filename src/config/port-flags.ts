import { readIp } from './domain-values.ts';
import { flag, optional } from './flag.ts';
import { parseChoice, parsePort } from './values.ts';

/** Flags of the ports for proxies and machines. */
export const PORT_FLAGS = {
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
    help: '/metrics, /healthz, /readyz and /windows over HTTP',
  }),
} as const;
