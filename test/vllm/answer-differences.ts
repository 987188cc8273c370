import type { Difference } from './difference.ts';

/** Differences of answers, errors and events. */
export const ANSWER_DIFFERENCES: readonly Difference[] = [
  {
    text: 'completion with probabilities.body.choices.0.logprobs: "object", simulated null',
    reason: 'The simulator has no model that could tell the probabilities of tokens.',
  },
  {
    text: 'a prompt of another type.body.error.message: "4 validation errors: …", simulated "1 validation error: …"',
    reason: 'vLLM’s web framework counts an error for each type that a prompt may have.',
  },
  {
    text: 'max_tokens as a text: 200, simulated 400',
    reason:
      'vLLM’s web framework takes numbers in quotes; a client of the simulator shall learn that it has a slip.',
  },
  {
    text: 'a negative temperature: 400, simulated 200',
    reason: 'The simulator draws no tokens, so it does not look at the settings of drawing.',
  },
  {
    text: 'embedding: 404, simulated 200',
    reason: 'A real server either generates or embeds; the simulator does both, so that one can test either.',
  },
  {
    text: 'load of a folder that is not there: 404, simulated 200',
    reason: 'The simulator’s adapters have names alone, no files.',
  },
];
