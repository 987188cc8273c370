import { flag } from './flag.ts';
import { parseChoice, parseInteger } from './values.ts';

/** Flags of who tells of responses, and of the proxies' access logs. */
export const ACCESS_LOG_FLAGS = {
  responseSignals: flag('response-signals', parseChoice(['stream', 'access-log']), {
    fallback: 'stream',
    placeholder: 'stream|access-log',
    help: 'who tells what became of a request: its own ext_proc stream, or the entries of the access log that proxies send to --grpc-port; the same for all replicas',
  }),
  maxLogStreams: flag('max-log-streams', parseInteger(1, 1_000_000), {
    fallback: '4096',
    placeholder: 'N',
    help: 'access log streams that are open at once, one for each worker of a proxy; more are refused',
  }),
} as const;
