import {
  createWindows,
  type WindowedRequest,
  type WindowsOptions,
} from '../../../src/state/windows/windows.ts';

/** Windows of a policy that names one model, `lora-request`, unless it is told otherwise. */
export function createTestWindows(now: () => number, more: Partial<WindowsOptions> = {}) {
  return createWindows({ now, maxSeries: 10, isNamed: (_, model) => model === 'lora-request', ...more });
}

/** A request that `model` and `target` name, of a pool `default/pool`. */
export function forwarded(target: string, more: Partial<WindowedRequest> = {}): WindowedRequest {
  return {
    reason: undefined,
    decided: { pool: 'default/pool', route: 'weighted', model: 'lora-request', target },
    status: 200,
    durationMs: 100,
    ...more,
  };
}

/** A request that was refused. */
export function rejected(reason: NonNullable<WindowedRequest['reason']>): WindowedRequest {
  return { reason, decided: undefined, status: undefined, durationMs: 1 };
}
