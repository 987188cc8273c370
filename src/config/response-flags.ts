import { flag } from './flag.ts';
import { parseBoolean } from './values.ts';

/** Flags of what is done with responses. */
export const RESPONSE_FLAGS = {
  injectIncludeUsage: flag('inject-include-usage', parseBoolean, {
    fallback: 'false',
    placeholder: '',
    help: 'ask pods for the usage of streamed completions whose clients do not ask, and keep its event from these; only where response bodies are sent to Serin',
  }),
} as const;
