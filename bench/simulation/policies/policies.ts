import { createGieTree } from './gie-tree.ts';
import { createLlmD } from './llm-d.ts';
import { createLeastQueue, createRandom, createRoundRobin } from './plain.ts';
import { createSerin } from './serin.ts';
import { ABLATIONS, TRIED, type Variants } from './variants.ts';

/** Pickers that users would otherwise run. */
export const PEERS: Variants = new Map([
  ['random', createRandom],
  ['round robin', createRoundRobin],
  ['least queue', createLeastQueue],
  ['GIE v0.1.0', createGieTree],
  ['llm-d, default profile', createLlmD({ lora: false })],
  ['llm-d, with its LoRA scorer', createLlmD({ lora: true })],
]);

/** Serin as it is with the vLLM of today. */
export const SERIN = 'Serin';

/** Serin, and Serin where pods tell what is in their slots. */
export const OURS: Variants = new Map([
  [SERIN, createSerin()],
  ['Serin, with residency metrics', createSerin({ residency: true })],
]);

/** All of them, in the order of the report. */
export const POLICIES: Variants = new Map([...PEERS, ...OURS, ...ABLATIONS, ...TRIED]);
