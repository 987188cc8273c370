import { flag, optional } from './flag.ts';
import { parseBytes, parseDuration, parseInteger } from './values.ts';

const KIB = 1024;
const GIB = 1024 * 1024 * KIB;

/** Flags of what a request may cost, and of how long a drain may take. */
export const LIMIT_FLAGS = {
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
} as const;
