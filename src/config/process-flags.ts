import { flag } from './flag.ts';
import { parseBoolean, parseInteger } from './values.ts';

/** Flags of the process itself. */
export const PROCESS_FLAGS = {
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
