import { flag, optional } from './flag.ts';
import { parseBoolean, parseChoice, parseInteger } from './values.ts';

/** Flags of the process itself. */
export const PROCESS_FLAGS = {
  verbosity: flag('v', parseInteger(0, 10), {
    fallback: '2',
    placeholder: 'N',
    help: 'what is logged: 0 errors, 1 warnings, 2 or 3 what changes, 4 one line for each request, 5 and more everything; never a prompt or a key',
  }),
  logFormat: optional('log-format', parseChoice(['json', 'pretty']), {
    placeholder: 'json|pretty',
    help: 'one JSON object a line, or text for people; if not given, text on a terminal',
  }),
  requestLogRate: flag('request-log-rate', parseInteger(1, 1_000_000), {
    fallback: '100',
    placeholder: 'N',
    help: 'with -v=4 or more: lines a second for requests; above that they are sampled, and leftOut counts the others',
  }),
  checkConfig: flag('check-config', parseBoolean, {
    fallback: 'false',
    placeholder: '',
    help: 'check the flags and exit',
  }),
} as const;
