import type { Decision } from '../../src/core/decision.ts';
import { parseBodyMode } from '../../src/extproc/body-mode.ts';
import { createDecisionMetadata } from '../../src/extproc/decision-metadata.ts';
import type { Effect } from '../../src/extproc/outcome.ts';
import type { ExtProcService } from '../../src/server/ext-proc-call.ts';
import { createExtProcService } from '../../src/server/stream.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import type { Case } from './case.ts';
import { STARTED_AT_MS, seedDecide } from './case.ts';
import type { ManualWheel } from './manual-wheel.ts';
import { createManualWheel } from './manual-wheel.ts';

/** The service that a row asks for, with what a driver needs to move it and to look into it. */
export interface CaseService {
  readonly service: ExtProcService;
  readonly wheel: ManualWheel;
  readonly effects: readonly Effect[];
  readonly release: (decision: Decision) => void;
  readonly heldBytes: () => number;
  readonly closedStreams: () => number;
  /** Messages that have reached the service. */
  readonly messages: () => number;
}

/** Builds the real stream adapter around the row's `decide`. */
export function createCaseService(row: Case): CaseService {
  const wheel = createManualWheel();
  const effects: Effect[] = [];
  const budget = createBufferBudget(row.maxBufferedBytes ?? 1 << 20);
  let resume: (decision: Decision) => void = () => undefined;
  const closed: true[] = [];
  const messages: true[] = [];
  const adapter = createExtProcService({
    decide: row.decide ?? seedDecide,
    describe: createDecisionMetadata({ forAccessLog: row.forAccessLog === true }),
    limits: {
      ...{ maxBodyBytes: row.maxBodyBytes ?? 1 << 20, budget },
      readsPrompts: row.readsPrompts ?? false,
    },
    cutThrough: row.cutThrough ?? true,
    injectIncludeUsage: row.injectIncludeUsage ?? false,
    maxStreams: row.maxStreams ?? 100,
    debugHeader: row.debugHeader ?? false,
    bodyMode: row.bodyMode === undefined ? undefined : parseBodyMode(row.bodyMode),
    responseBodyMode: undefined,
    timeouts: { modeMs: 1, bodyIdleMs: 1, decisionMs: 1 },
    wheel,
    observe: (resumeStream) => {
      resume = resumeStream;
      return {
        began: () => undefined,
        explains: () => false,
        startedAtMs: STARTED_AT_MS,
        effect: (effect) => void effects.push(effect),
        closed: () => void closed.push(true),
      };
    },
    onFault: (error) => {
      throw error;
    },
  });
  const service: ExtProcService = (call) => {
    const handlers = adapter(call);
    return {
      ...handlers,
      onMessage: (message) => {
        handlers.onMessage(message);
        messages.push(true);
      },
    };
  };
  return {
    service,
    wheel,
    effects,
    release: (decision) => resume(decision),
    heldBytes: budget.used,
    closedStreams: () => closed.length,
    messages: () => messages.length,
  };
}
