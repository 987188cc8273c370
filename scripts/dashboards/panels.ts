import { CANARY_PANELS } from './canary-panels.ts';
import type { Panel } from './panel.ts';
import { VLLM_PANELS } from './vllm-panels.ts';

/** All panels of all dashboards, in their order. */
export const PANELS: readonly Panel[] = [...VLLM_PANELS, ...CANARY_PANELS];
