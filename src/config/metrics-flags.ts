import { flag } from './flag.ts';
import { parseBoolean } from './values.ts';

/** Flags of the metrics page. */
export const METRICS_FLAGS = {
  compatMetrics: flag('compat-metrics', parseBoolean, {
    fallback: 'true',
    placeholder: '',
    help: 'metrics also under the names of dashboards for ASM, the Gateway API Inference Extension and llm-d',
  }),
} as const;
