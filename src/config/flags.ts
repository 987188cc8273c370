import { ACCESS_LOG_FLAGS } from './access-log-flags.ts';
import { ADMIN_FLAGS } from './admin-flags.ts';
import { DECISION_FLAGS } from './decision-flags.ts';
import { LIMIT_FLAGS } from './limit-flags.ts';
import { METRICS_FLAGS } from './metrics-flags.ts';
import { PEER_FLAGS } from './peer-flags.ts';
import { PORT_FLAGS } from './port-flags.ts';
import { PROCESS_FLAGS } from './process-flags.ts';
import { RESPONSE_FLAGS } from './response-flags.ts';
import { ROUTING_FLAGS } from './routing-flags.ts';
import { SCRAPE_FLAGS } from './scrape-flags.ts';
import { SOURCE_FLAGS } from './source-flags.ts';
import { TLS_FLAGS } from './tls-flags.ts';

/** Every flag of `serin serve`; the keys are the fields of the config. Names are those of the Go pickers. */
export const FLAGS = {
  ...SOURCE_FLAGS,
  ...PORT_FLAGS,
  ...ADMIN_FLAGS,
  ...PEER_FLAGS,
  ...TLS_FLAGS,
  ...ROUTING_FLAGS,
  ...RESPONSE_FLAGS,
  ...SCRAPE_FLAGS,
  ...DECISION_FLAGS,
  ...ACCESS_LOG_FLAGS,
  ...LIMIT_FLAGS,
  ...METRICS_FLAGS,
  ...PROCESS_FLAGS,
} as const;
