import { flag } from './flag.ts';
import { parseBoolean, parseInteger } from './values.ts';

/** Flags of what is told of single decisions. */
export const DECISION_FLAGS = {
  recentDecisions: flag('recent-decisions', parseInteger(0, 100_000), {
    fallback: '1000',
    placeholder: 'N',
    help: 'decisions that /debug/decisions remembers, in 4 KiB each; 0 remembers none',
  }),
  recentDecisionsRate: flag('recent-decisions-rate', parseInteger(1, 10_000), {
    fallback: '50',
    placeholder: 'N',
    help: 'decisions a second that are remembered with all their scores; more than that are sampled',
  }),
  allowDebugHeader: flag('allow-debug-header', parseBoolean, {
    fallback: 'false',
    placeholder: '',
    help: 'a request with x-serin-debug: true is answered with x-serin-target, x-serin-endpoint and x-serin-reason; shows clients the addresses of pods',
  }),
} as const;
