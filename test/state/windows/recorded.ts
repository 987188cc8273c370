import type { WindowedRequest } from '../../../src/state/windows/windows.ts';

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
